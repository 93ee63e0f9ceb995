// What a Lambda environment runs here: imports the handler once, then answers one invocation a line until its input ends.
// The answers go to a file descriptor of their own, so that nothing a function prints can be taken for one.
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_FUNCTION_NAME: name, LAMBDA_TASK_ROOT: root, _HANDLER: declared } = process.env;
const answers = Number(process.env.PLUMBLINE_LAB_ANSWERS);
delete process.env.PLUMBLINE_LAB_ANSWERS;

/** One log file takes the lines of all functions, so each says whose it is. */
function signLines(stream) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => write(String(chunk).replaceAll(/^(?=.)/gm, `[${name}] `), ...rest);
}

/** A pipe may take a long answer in parts. */
function writeAll(bytes) {
  let written = 0;
  while (written < bytes.length) written += writeSync(answers, bytes, written);
}

const answer = (kind, value) => writeAll(Buffer.from(`${kind} ${JSON.stringify(value) ?? 'null'}\n`));

const errorOf = (error, type) => ({
  errorType: type ?? error?.name ?? 'Error',
  errorMessage: error instanceof Error ? error.message : String(error),
  trace: error instanceof Error ? String(error.stack).split('\n') : [],
});

async function loadHandler() {
  const dot = declared.lastIndexOf('.');
  const [stem, exported] = [declared.slice(0, dot), declared.slice(dot + 1)];
  const file = ['.mjs', '.js', '.cjs'].map((end) => join(root, stem + end)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`Error: Cannot find module '${stem}'`);
  const module = await import(pathToFileURL(file).href);
  const handler = module[exported] ?? module.default?.[exported]; // what a CommonJS file exports may not be seen by name
  if (typeof handler !== 'function') throw new Error(`${declared} is undefined or not exported`);
  return handler;
}

const contextOf = ({ id, arn, deadline }) => ({
  functionName: name,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  invokedFunctionArn: arn,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  awsRequestId: id,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

signLines(process.stdout);
signLines(process.stderr);
let handler;
try {
  handler = await loadHandler();
} catch (error) {
  answer('failed', errorOf(error, 'Runtime.ImportModuleError'));
  process.exit(1);
}
answer('ready', null);
for await (const line of createInterface({ input: process.stdin })) {
  const invocation = JSON.parse(line);
  try {
    answer('answered', await handler(invocation.event, contextOf(invocation)));
  } catch (error) {
    console.error(error);
    answer('failed', errorOf(error));
  }
}
process.exit(0);
