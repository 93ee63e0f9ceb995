import { evidenceLayout } from '#core/evidence/log-layout.ts';
import type { LogFile } from '#lambda/log-file.ts';
import type { UsePlace } from '#lambda/use-logs.ts';
import type { RawFile } from '#local/demo/raw-files.ts';

/** The logs of use as a place of the settings: what was delivered by now, and of that what may hold what is asked. */
export function deliveredLogs(files: readonly RawFile[], now: () => Date): UsePlace {
  const logs = files
    .filter(({ path }) => path.includes('/logs/'))
    .map((file) => ({ ...logFileOf(file), deliveredAt: file.deliveredAt }));
  return {
    name: 's3://platform-audit-logs/use',
    find: (asked, buckets) => {
      const layout = evidenceLayout(buckets);
      const found = logs.filter(
        ({ name, deliveredAt }) => deliveredAt <= now().getTime() && layout.mayHold({ root: '', path: name }, asked),
      );
      return Promise.resolve({ files: found, problems: [], isAnyLeftOut: false });
    },
  };
}

function logFileOf({ path, text, deliveredAt }: RawFile): LogFile {
  const bytes = Buffer.from(text);
  return {
    name: path,
    size: bytes.length,
    writtenAt: new Date(deliveredAt).toISOString(),
    open: async function* open() {
      yield bytes;
    },
    readAll: () => Promise.resolve(bytes),
  };
}
