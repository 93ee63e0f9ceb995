import pc from 'picocolors';
import type { Alert } from '#core/alert.ts';
import { durationOf } from '#render/alert-words.ts';
import type { Colours } from '#render/page.ts';
import type { Publication } from '#lambda/ports.ts';
import { TIMES } from '#local/demo/incident.ts';
import type { World } from '../world.ts';
import { mailOf, TIME_ZONE } from './incident-alerts.ts';
import type { Answered, IncidentStory } from './incident-story.ts';
import { COMMANDS, typed } from './commands.ts';

/** The story as a person reads it: what the service and the command line say, under the times at which they say it. */
export function storyText(story: IncidentStory, { colour }: Pick<World, 'colour'>): string {
  const colours = pc.createColors(colour);
  const { opened, used, failing, recovered, proved, hub, hubToldAt } = story.alerts;
  const parts = [
    opening(colours),
    heading(`${timeOf(used.at)}: the alert, ${durationOf(TIMES.changed, used.at)} after the change`, colours),
    `The first mail goes out as soon as the change is read: ${subjectOf(opened)}.\nThe logs of use are read at once, and what they say makes it graver. That mail, whole:`,
    mailText(mailOf(used), colours),
    heading(`${timeOf(hubToldAt)}: the same tool in the other accounts, in one mail of the hub`, colours),
    mailText(hub, colours, ['', 'WHO', 'WHERE, AND']),
    heading(`${timeOf(failing.at)}: failures have begun, as soon as the logs have them`, colours),
    'CloudTrail delivers its logs about five minutes late, S3 its access logs hours late; so the readers of the CDN, who reported nothing, stand above under who was seen, and not yet here.',
    mailText(mailOf(failing), colours, ['', 'WHO IS HIT', 'FOR THE STATUS PAGE']),
    heading(
      `${timeOf(TIMES.reported)}: the first user complains; which change explains it, and which does not`,
      colours,
    ),
    answeredText(story.explained, colours),
    heading(`${timeOf(TIMES.askedBefore)}: what one command would have said the day before`, colours),
    answeredText(story.blastRadius, colours),
    heading(`${timeOf(recovered.at)}: rolled back`, colours),
    mailText(mailOf(recovered), colours, ['', 'PROOF']),
    heading(`${timeOf(proved.at)}: recovered with proof, from the logs that came since`, colours),
    mailText(mailOf(proved), colours, ['', 'PROOF', 'WHO WAS HIT', 'FOR THE STATUS PAGE', 'FOR THE POSTMORTEM']),
    heading('What really happened', colours),
    reallyText(used),
    closing(colours),
  ];
  return `${parts.join('\n\n')}\n`;
}

function opening(colours: Colours): string {
  return [
    colours.bold('28 October 2025, lived through again by the code that watches your account, from raw files'),
    'A tool that was meant to check applied its fix: S3 Block Public Access for whole accounts, production among them.',
    'Every upload that carried a public ACL failed. Every posture tool showed an improvement.',
  ].join('\n');
}

function heading(text: string, colours: Colours): string {
  return colours.bold(colours.cyan(`== ${text}`));
}

/** A mail: its subject, and all sections or those whose titles begin so; the first section has none. */
function mailText({ subject, text }: Publication, colours: Colours, only?: readonly string[]): string {
  const sections = text.trimEnd().split('\n\n');
  const shown =
    only === undefined
      ? sections
      : sections.filter((section, index) =>
          index === 0 ? only.includes('') : only.some((title) => isTitled(section, title)),
        );
  const left = sections.length - shown.length;
  return [
    colours.bold(`Subject: ${subject}`),
    ...shown.map((section, index) => (index === 0 ? section : titled(section, colours))),
    ...(left > 0 ? [colours.dim(`(${left} further sections)`)] : []),
  ].join('\n\n');
}

function isTitled(section: string, title: string): boolean {
  const [first = ''] = section.split('\n', 1);
  return title !== '' && (first === title || first.startsWith(`${title} `) || first.startsWith(`${title},`));
}

function titled(section: string, colours: Colours): string {
  const [title = '', ...lines] = section.split('\n');
  return [colours.yellow(title), ...lines].join('\n');
}

function answeredText({ command, text, code }: Answered, colours: Colours): string {
  return `${colours.cyan(`$ ${command}`)}\n\n${text.trimEnd()}\n\n${colours.dim(`(exit code ${code})`)}`;
}

function subjectOf(alert: Alert): string {
  return mailOf(alert).subject;
}

/** Each duration is computed from the times that the postmortem has. */
function reallyText(told: Alert): string {
  const { changed, reported, found, explained, decided, rolledBack } = TIMES;
  return [
    `The first user complained ${durationOf(changed, reported)} after the change. Nobody worked on it for ${durationOf(reported, found)}; finding the cause took ${durationOf(found, explained)}, and rolling back ${durationOf(decided, rolledBack)}: ${durationOf(changed, rolledBack)} in all.`,
    `In the search for the cause, an upload from a workstation succeeded, since it sent no ACL, and the change of the deny lists in the same hour was ruled out by hand.`,
    `The mail above came ${durationOf(changed, told.at)} after the change, and needed no complaint.`,
  ].join('\n');
}

function closing(colours: Colours): string {
  const say = (command: string): string => `  ${colours.cyan(command)}`;
  return [
    'The files that this was computed from, to run the commands on yourself (in a clone "npx --no -- plumbline" in place of "plumbline"):',
    say('plumbline demo --files incident && cd incident'),
    ...Object.values(COMMANDS).map((args) => say(typed(args))),
    '',
    `Yours: ${colours.cyan('npm start -- scan')}  (reads only; needs the usual AWS credentials)`,
  ].join('\n');
}

/** `28 October, 15:01 EDT`: the company's own clock. */
function timeOf(iso: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: TIME_ZONE,
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(new Date(iso));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('day')} ${part('month')}, ${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}
