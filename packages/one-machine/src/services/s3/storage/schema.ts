/** The tables of the object store's catalogue. Keys compare by their UTF-8 bytes, which is the order S3 lists in. */
export const schema = `
create table if not exists buckets (
  name text primary key,
  created integer not null
) strict;

create table if not exists objects (
  sequence integer primary key autoincrement,
  bucket text not null,
  key text not null,
  version text not null,
  latest integer not null,
  deleted integer not null,
  size integer not null,
  etag text not null,
  modified integer not null,
  headers text not null,
  checksum text,
  segments text not null,
  unique (bucket, key, version)
) strict;
create unique index if not exists latest_objects on objects (bucket, key) where latest = 1;

create table if not exists uploads (
  id text primary key,
  bucket text not null,
  key text not null,
  headers text not null,
  started integer not null
) strict;

create table if not exists parts (
  upload text not null references uploads (id) on delete cascade,
  number integer not null,
  size integer not null,
  etag text not null,
  checksum text,
  blob text not null,
  modified integer not null,
  primary key (upload, number)
) strict;

create table if not exists events (
  id integer primary key autoincrement,
  bucket text not null,
  key text not null,
  size integer not null,
  etag text not null,
  version text not null
) strict;
`;
