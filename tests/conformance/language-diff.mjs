// Does the endpoint accept and reject documents exactly as graphql-js does? The oracle is graphql-js on the
// endpoint's own introspected schema, so introspection must be on. The documents use only what every schema has.
//
// usage: TOKEN=… node language-diff.mjs URL
// Exits 1 on any difference that is not named, with its reason, in `expected` below.
import { buildClientSchema, getIntrospectionQuery, isObjectType, parse, validate, validateSchema } from 'graphql';

const url = process.argv[2];
const { TOKEN } = process.env;
const headers = {
  'content-type': 'application/json',
  accept: 'application/json',
  ...(TOKEN && { authorization: `Bearer ${TOKEN}` }),
};

// Document name -> why the endpoint may answer differently. Empty is the aim.
const expected = {};

async function post(body) {
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return answer.json();
}

async function fetchSchema() {
  const query = getIntrospectionQuery({
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  });
  const { data, errors } = await post({ query });
  if (!data) {
    console.log('language: FAIL introspection', errors?.[0]?.message);
    process.exit(1);
  }
  return buildClientSchema(data);
}

const schema = await fetchSchema();
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].map(type => type?.name);
const q = roots[0];
const object = Object.values(schema.getTypeMap())
  .find(type => isObjectType(type) && !type.name.startsWith('__') && !roots.includes(type.name))?.name;

const documents = {
  plain: '{__typename}',
  // Operations
  twoAnonymous: '{__typename} {__typename}',
  anonymousAndNamed: '{__typename} query A{__typename}',
  sameNameTwice: 'query A{__typename} query A{a:__typename}',
  unknownOperation: 'mutationx{__typename}',
  subscriptionIntrospection: 'subscription{__typename}',
  typeDefinition: 'type X{a:Int} {__typename}',
  typeExtension: `{__typename} extend type ${q}{a:Int}`,
  // Fragments
  duplicateFragment: `{...F} fragment F on ${q}{__typename} fragment F on ${q}{__typename}`,
  unusedFragment: `{__typename} fragment F on ${q}{__typename}`,
  unknownFragment: '{...F}',
  fragmentOnScalar: '{...F} fragment F on String{x}',
  inlineImpossible: `{...on ${object}{__typename}}`,
  inlineUnknownType: '{...on Nope{__typename}}',
  fragmentCycle: `{...A} fragment A on ${q}{...B} fragment B on ${q}{...A}`,
  fragmentNamedOn: `{...on} fragment on on ${q}{__typename}`,
  // Fields
  unknownField: '{noSuchField}',
  leafWithSelection: '{__typename{x}}',
  emptySelection: '{}',
  sameFieldTwice: '{__typename __typename}',
  aliasConflict: '{a:__typename a:__schema{queryType{name}}}',
  argumentConflict: `{a:__type(name:"${q}"){name} a:__type(name:"String"){name}}`,
  nestedConflict: `{__type(name:"${q}"){x:name} __type(name:"${q}"){x:description}}`,
  fragmentConflict:
    `{__type(name:"${q}"){...A ...B}} fragment A on __Type{x:name} fragment B on __Type{x:kind}`,
  // Directives
  unknownDirective: '{__typename @nope}',
  misplacedDirective: 'query @skip(if:true){__typename}',
  directiveMissingArgument: '{__typename @skip}',
  directiveUnknownArgument: '{__typename @skip(if:true,x:1)}',
  directiveTwice: '{__typename @skip(if:false) @skip(if:false)}',
  directiveOnVariable: 'query($a:Boolean @skip(if:true)){__typename @include(if:$a)}',
  // Variables
  duplicateVariable: 'query($a:Boolean!,$a:Boolean!){__typename @include(if:$a)}',
  undefinedVariable: '{__typename @include(if:$a)}',
  unusedVariable: 'query($a:Int){__typename}',
  variableOfOutputType: `query($a:${q}){__typename}`,
  variableOfUnknownType: 'query($a:Nope){__typename}',
  variableMismatch: 'query($a:String!){__typename @include(if:$a)}',
  variableNullable: 'query($a:Boolean){__typename @include(if:$a)}',
  variableDefaulted: 'query($a:Boolean=true){__typename @include(if:$a)}',
  variableBadDefault: 'query($a:Boolean!="x"){__typename @include(if:$a)}',
  variableDefaultIsVariable: 'query($a:Boolean=true,$b:Boolean=$a){__typename @include(if:$b)}',
  keywordVariable: 'query($query:Boolean=true){__typename @include(if:$query)}',
  // Values
  stringForBoolean: '{__typename @include(if:"true")}',
  numberForBoolean: '{__typename @include(if:1)}',
  nullForNonNull: '{__typename @include(if:null)}',
  enumForBoolean: '{__typename @include(if:TRUE)}',
  argumentTwice: `{__type(name:"${q}",name:"${q}"){name}}`,
  argumentMissing: '{__type{name}}',
  argumentUnknown: `{__type(name:"${q}",x:1){name}}`,
  argumentWrongKind: '{__type(name:1){name}}',
  // Letters
  blockString: `{__type(name:"""${q}"""){name}}`,
  escape: '{__type(name:"\\u0041"){name}}',
  badEscape: '{__type(name:"\\q"){name}}',
  loneSurrogate: '{__type(name:"\\uD800"){name}}',
  byteOrderMark: '\uFEFF{__typename}',
  commas: '{,,__typename,,}',
  comment: '{__typename #x\n}',
  empty: '',
  onlyComment: '#x',
  control: '{__typename\u0000}',
  unclosed: '{__typename',
};

function reference(query) {
  try {
    return validate(schema, parse(query)).map(error => error.message);
  } catch (error) {
    return [error.message];
  }
}

// Errors with a path come from execution: the document itself was accepted.
async function endpoint(query) {
  try {
    const { errors = [] } = await post({ query, operationName: /query A/.test(query) ? 'A' : undefined });
    return errors.filter(error => !error.path).map(error => error.message);
  } catch (error) {
    return [`no JSON: ${error.message}`];
  }
}

const say = refusals => refusals[0]?.slice(0, 80) ?? 'accepts';
let differ = 0;
let named = 0;
for (const [name, query] of Object.entries(documents)) {
  const want = reference(query);
  const got = await endpoint(query);
  if ((want.length === 0) === (got.length === 0)) continue;

  if (expected[name]) named += 1;
  else differ += 1;
  const label = expected[name] ? `named (${expected[name]})` : 'DIFF';
  console.log(label, name, '| graphql-js', say(want), '| endpoint', say(got));
}

const faults = validateSchema(schema).map(error => error.message);
for (const fault of faults) console.log('SCHEMA', fault);

const same = Object.keys(documents).length - differ - named;
console.log(`language: ${same} same, ${named} named, ${differ} differ, ${faults.length} schema faults`);
process.exit(differ + faults.length > 0 ? 1 : 0);
