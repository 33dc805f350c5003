export { type Static, type TSchema, Type } from 'typebox';
export { httpsUrlProblem, shownUrl } from './https-url.ts';
export type { Keyword, Keywords } from './keywords.ts';
export { memberPath } from './member-path.ts';
export { messageOf, type Problem, type ProblemKind } from './problem.ts';
export { httpsUrl, mapNamed, mapOf, oneOf, optional, strictObject, text } from './schemas.ts';
export { type Checked, createValidator, type Validator } from './validator.ts';
