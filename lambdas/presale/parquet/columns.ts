/** What a county's file of deals holds. A deal is known by its county and serial number. */
export const dealColumns = [
  { name: 'county', type: 'text' },
  { name: 'serial_number', type: 'text' },
  { name: 'district', type: 'text' },
  { name: 'transaction_target', type: 'text' },
  { name: 'location', type: 'text' },
  { name: 'transaction_date', type: 'day' },
  { name: 'floor_text', type: 'text' },
  { name: 'floor', type: 'integer' },
  { name: 'total_floors', type: 'integer' },
  { name: 'main_use', type: 'text' },
  { name: 'building_type', type: 'text' },
  { name: 'land_area_m2', type: 'double' },
  { name: 'building_area_m2', type: 'double' },
  { name: 'parking_area_m2', type: 'double' },
  { name: 'rooms', type: 'integer' },
  { name: 'living_rooms', type: 'integer' },
  { name: 'bathrooms', type: 'integer' },
  { name: 'note', type: 'text' },
  { name: 'project_name', type: 'text' },
  { name: 'unit', type: 'text' },
  { name: 'termination', type: 'text' },
  { name: 'price_twd', type: 'bigint' },
  { name: 'unit_price_twd_per_m2', type: 'bigint' },
  { name: 'parking_type', type: 'text' },
  { name: 'parking_price_twd', type: 'bigint' },
  { name: 'publication_date', type: 'day' },
  { name: 'as_of', type: 'day' },
  { name: 'loaded_at', type: 'instant' },
  { name: 'withdrawn_at', type: 'instant' },
  { name: 'source_key', type: 'text' },
  { name: 'run_id', type: 'text' },
] as const;

/** Below it a folder for each county: `letter=A/`. */
export const dealsFolder = 'presale/deals';

/** A deal in the order of the columns. */
export type DealFileRow = readonly (string | number | bigint | null)[];
