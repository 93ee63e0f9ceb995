// Reaches the SDK through its window: loaded when a symptom is asked about.
import type { Session } from '#aws/session.ts';
import { kindsById } from '#kinds';
import { symptomDocument } from '#lambda/symptom-document.ts';
import { symptomTimes, type SymptomQuestion } from '#lambda/symptom-question.ts';
import { renderSymptom } from '#render/symptom.ts';
import { evidencePort } from './evidence-port.ts';
import type { EvidenceOptions } from './evidence-source.ts';
import { readWindow, type WindowOptions } from './symptom-window.ts';
import { readSettings, type World } from './world.ts';

/** What `explain --symptom` takes. */
export interface SymptomOptions extends WindowOptions, EvidenceOptions, Partial<SymptomQuestion> {
  readonly json?: boolean;
}

interface Asked {
  readonly isStoreNamed: boolean;
  readonly signedIn: () => Promise<Session>;
}

/** Prints which change explains a failure; its exit code. Throws PlumblineError. */
export async function explainSymptom(
  world: World,
  options: SymptomOptions & Pick<SymptomQuestion, 'symptom'>,
  asked: Asked,
): Promise<0 | 2> {
  const settings = await readSettings(world, options.settings);
  const times = symptomTimes(options, {
    now: world.now(),
    timeZone: settings.timeZone,
    nameOf: (member) => `--${member}`,
  });
  const evidence = evidencePort(world, options, asked.signedIn);
  const window = await readWindow(world, options, { text: options.symptom, times, ...asked });
  const document = await symptomDocument({
    window,
    text: options.symptom,
    at: times.at,
    kinds: kindsById,
    partition: PARTITION,
    evidence: evidence?.read,
  });
  const { colour, width } = world;
  world.print(
    options.json === true ? `${JSON.stringify(document, null, 2)}\n` : renderSymptom(document, { colour, width }),
  );
  return document.exitCode;
}

/** Only an organisation's policy is told of with it, in the words of the usual one. */
const PARTITION = 'aws';
