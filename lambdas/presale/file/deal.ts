/** One good row of a file, by the database's columns. Areas stay text: they are exact decimals. */
export interface Deal {
  serial_number: string;
  district: string;
  transaction_target: string;
  location: string;
  /** `2022-07-13` */
  transaction_date: string;
  floor_text: string;
  floor: number | null;
  total_floors: number | null;
  main_use: string;
  building_type: string;
  land_area_m2: string;
  building_area_m2: string;
  parking_area_m2: string;
  rooms: number;
  living_rooms: number;
  bathrooms: number;
  note: string;
  project_name: string;
  unit: string;
  termination: string;
  price_twd: number;
  unit_price_twd_per_m2: number;
  parking_type: string;
  parking_price_twd: number;
}

/** One reason why a row is not good. */
export interface ProblemReason {
  /** The file's own name of the column; '' when the whole row is meant. */
  readonly column: string;
  readonly reason: string;
}

/** One row of a file. `line` is its line in the file; the header is line 1. */
export type FileRow =
  | { readonly state: 'good'; readonly line: number; readonly deal: Deal }
  | {
      readonly state: 'problem';
      readonly line: number;
      /** The raw values by the file's own column names. */
      readonly raw: Readonly<Record<string, string>>;
      /** All of them, never only the first. */
      readonly reasons: readonly ProblemReason[];
    };
