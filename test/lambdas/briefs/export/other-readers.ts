import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

// MILLRACE_PYTHON names another interpreter, such as one of a virtual environment.
const python = process.env.MILLRACE_PYTHON ?? 'python3';

export const hasOpenpyxl = spawnSync(python, ['-c', 'import openpyxl']).status === 0;
export const hasOffice = spawnSync('soffice', ['--version']).status === 0;

/** A sheet as openpyxl sees it: times in ISO 8601, links by their cells. */
export interface OtherSheet {
  readonly name: string;
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly links: Readonly<Record<string, string>>;
  readonly formulas: number;
  readonly charts: number;
}

const script = `
import json, sys, warnings, openpyxl
warnings.simplefilter('error')
book = openpyxl.load_workbook(sys.argv[1])
def told(sheet):
    rows, links, formulas = [], {}, 0
    for row in sheet.iter_rows():
        rows.append([cell.value.isoformat() if cell.is_date else cell.value for cell in row])
        formulas += sum(cell.data_type == 'f' for cell in row)
        links.update({cell.coordinate: cell.hyperlink.target for cell in row if cell.hyperlink})
    return {'name': sheet.title, 'rows': rows, 'links': links, 'formulas': formulas, 'charts': len(sheet._charts)}

print(json.dumps([told(sheet) for sheet in book]))
`;

/** Reads a workbook by a library that shares nothing with what wrote it. */
export async function readByOpenpyxl(file: Uint8Array): Promise<readonly OtherSheet[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-test-'));
  try {
    await writeFile(path.join(folder, 'a.xlsx'), file);
    const options = { maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(python, ['-c', script, path.join(folder, 'a.xlsx')], options);
    return JSON.parse(stdout) as readonly OtherSheet[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
