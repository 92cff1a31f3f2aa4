// Asks GitHub's own parser, language service and expression engine: each line of standard input is a question in JSON,
// each of standard output its answer. Bundled before it is run, as those packages import JSON in a bundler's way.
import { createInterface } from "node:readline";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { validate } from "@actions/languageservice";
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { TextDocument } from "vscode-languageserver-textdocument";

const STATUS = ["success", "failure", "cancelled", "always"];
let questions = 0;

// What is wrong with a workflow, and the condition of each of its jobs as GitHub completes it. `callees` are the reusable
// workflows that it may call, `actions` the metadata of the actions that it uses, by what stands before the `@`.
async function read({ name, content, callees, actions }) {
  const fileProvider = {
    getFileContent: async ({ owner, repository, path }) => {
      const found = `${owner}/${repository}/${path}`;
      if (!(found in callees)) throw new Error(`there is no ${found}`);
      return { name: path, content: callees[found] };
    },
  };
  const actionsMetadataProvider = { fetchActionMetadata: async ({ owner, name }) => actions[`${owner}/${name}`] };
  // The language service remembers what it read by its address, so each question has one of its own.
  const uri = `file:///${(questions += 1)}/.github/workflows/${name}`;
  const document = TextDocument.create(uri, "yaml", 0, content);
  const diagnostics = await validate(document, { fileProvider, actionsMetadataProvider });

  const parsed = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const options = { fetchReusableWorkflowDepth: 1 };
  const template = await convertWorkflowTemplate(parsed.context, parsed.value, fileProvider, options);
  const errors = [...diagnostics, ...(template.errors ?? [])].map((error) => error.message ?? error.Message);
  const conditions = (template.jobs ?? []).map((job) => [job.id.value, job.if.expression]);
  return { errors, conditions: Object.fromEntries(conditions) };
}

// The value of an expression, as GitHub writes it into text; `status` holds what success() and the like say.
function evaluate({ expression, contexts, status }) {
  const functions = STATUS.map((name) => {
    return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(status[name]) };
  });
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(tree, known, new Map(functions.map((each) => [each.name, each]))).evaluate().coerceString();
}

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...question } = JSON.parse(line);
  const answer = await { read, evaluate }[ask](question);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
