/** Texts that requests are made of: names, parts of a target, who asks and why. */
import { z } from 'zod';
import { legible } from '../../domain/legible.ts';

/** Longest actor and reason; the workflow refuses longer ones. */
const maxTextLength = 500;

/**
 * What is in no name: quotes, backslashes, blanks and control characters, so that a name is safe in a visibility query
 * and in a workflow id. Written out, since not every reader of the OpenAPI document knows `\p{Cc}`.
 */
const controls = String.raw`\u0000-\u001f\u007f-\u009f`;
const notInNames = String.raw`"'\x60\\\s${controls}`;

export const nameSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(
    new RegExp(`^[^${notInNames}]+$`, 'u'),
    'may not contain quotes, backslashes, blanks or control characters',
  );
export const targetPartSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(
    new RegExp(`^[^/${notInNames}]+$`, 'u'),
    'may not contain a slash, quotes, backslashes, blanks or control characters',
  );
/** `environment/service`. */
export const targetSchema = z
  .string()
  .regex(
    new RegExp(`^[^/${notInNames}]{1,128}/[^/${notInNames}]{1,128}$`, 'u'),
    'must be environment/service',
  );
/** A word of a scope: a name, or two with a slash between them. */
export const scopeWordSchema = z
  .string()
  .max(257)
  .regex(
    new RegExp(`^[^/${notInNames}]+(?:/[^/${notInNames}]+)?$`, 'u'),
    'is neither environment/service nor a name',
  );

/** One line, without control characters, and not blank. */
export function lineSchema(mostCharacters: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(mostCharacters)
    .regex(new RegExp(`^[^${controls}]*[^\\s${controls}][^${controls}]*$`, 'u'), 'must be one line of text')
    .overwrite(legible);
}

/**
 * Not only blanks, which are cut off at both ends. What nobody sees is made visible instead of refused: it comes along
 * with what is pasted, who pasted it cannot find it, and nobody's way back waits for that.
 */
export function textSchema(mostCharacters: number) {
  return z.string().trim().overwrite(legible).min(1).max(mostCharacters).regex(/\S/, 'may not be blank');
}

export const actorSchema = textSchema(maxTextLength);
export const reasonSchema = z.string().trim().overwrite(legible).max(maxTextLength);
