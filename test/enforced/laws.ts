import { worsens } from '#core/evidence/verdicts.ts';
import { flipsIn } from './predicted.ts';
import { ACLS, settingsAfter, type Settings } from './settings.ts';
import { textOf, type Line, type Trial } from './trial.ts';

/** What the report says as a whole, held against everything that was seen, also what no row is about. */
export interface Law {
  readonly says: string;
  readonly isKept: (trial: Trial) => boolean;
}

const isSettled = ({ pair: { before, after } }: Line): boolean =>
  before.unsettled === undefined && after.unsettled === undefined;
const isLost = (line: Line): boolean =>
  isSettled(line) && line.pair.before.is !== 'denied' && line.pair.after.is === 'denied';
const isWon = (line: Line): boolean =>
  isSettled(line) && line.pair.before.is === 'denied' && line.pair.after.is !== 'denied';
const isSpoilt = (line: Line): boolean =>
  isSettled(line) && line.pair.before.is === 'allowed' && line.pair.after.is === 'useless';

/** A step of hardening is not missed by anybody (A3). The double lets every service in that no ACL speaks of (S4). */
const isMissed = ({ row, verdict }: Line): boolean => row !== 'A3' && !(row === 'S4' && verdict === 'not-shown');
/** Another door is open all the same; or none is, so that nothing shows whether what was accepted grants anything. */
const isBehindAnother = ({ verdict, isPredicted, pair: { before, after } }: Line): boolean =>
  isPredicted && (verdict === 'not-shown' || (before.is === 'accepted' && after.is === 'accepted'));
/** What anybody comes in by. */
const isOfWorld = ({ row }: Line): boolean => row.startsWith('R');

const isPublicAcl = ({ acl }: Settings): boolean => ACLS[acl].some(({ to }) => to.includes('/global/'));

export const LAWS: readonly Law[] = [
  {
    says: 'what is lost is told: an exit code that is not 0, and a breakage',
    isKept: ({ report: { exitCode, breakage }, lines }) =>
      !lines.some((line) => isLost(line) && isMissed(line)) ||
      (exitCode !== 0 && breakage !== 'none' && breakage !== 'restores'),
  },
  {
    says: 'where a row is sure to be refused or useless, the exit code is 1, and something is lost, or would be but for another door',
    isKept: ({ report, lines }) =>
      ![...flipsIn(report).values()].some((flip) => flip.isHere === 'yes' && worsens(flip) === 'yes') ||
      (report.exitCode === 1 &&
        lines.some((line) => isLost(line) || isSpoilt(line) || !isSettled(line) || isBehindAnother(line))),
  },
  {
    says: 'what anybody may do that nobody could is told: an exposure',
    isKept: ({ report: { exposure }, lines }) =>
      !lines.some((line) => isWon(line) && isOfWorld(line)) || exposure === 'widened' || exposure === 'unknown',
  },
  {
    says: 'where it opens to the world, it does; from one public grant of an ACL to another is told as opening too',
    isKept: ({ asked, report: { opensToWorld }, lines }) =>
      !opensToWorld ||
      lines.some((line) => isOfWorld(line) && (isWon(line) || !isSettled(line))) ||
      [asked.before, settingsAfter(asked)].every(isPublicAcl),
  },
];

/** The trials that break a law, as text. */
export function breachesOf({ isKept }: Law, trials: readonly Trial[]): readonly string[] {
  return trials
    .filter((one) => !isKept(one))
    .map(({ asked, report, lines }) => {
      const { exitCode, breakage, exposure, opensToWorld } = report;
      const moved = lines.filter((line) => isLost(line) || isWon(line) || isSpoilt(line));
      return textOf(asked, {
        predicted: { exitCode, breakage, exposure, opensToWorld },
        lost: moved.filter((line) => !isWon(line)).map(({ does }) => does),
        won: moved.filter(isWon).map(({ does }) => does),
      });
    });
}
