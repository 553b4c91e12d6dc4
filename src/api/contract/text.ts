/** Texts that requests are made of: names, parts of a target, who asks and why. */
import { z } from 'zod';

/** Longest actor and reason; the workflow refuses longer ones. */
const maxTextLength = 500;

export const nameSchema = z
  .string()
  .min(1)
  .max(128)
  // Quotes and control characters cannot be in a name, so a name is safe in a visibility query.
  .regex(/^[^"'`\\\s\p{Cc}]+$/u, 'may not contain quotes, backslashes, blanks or control characters');
export const targetPartSchema = nameSchema.regex(/^[^/]+$/, 'may not contain a slash');
export const actorSchema = z.string().trim().min(1).max(maxTextLength);
export const reasonSchema = z.string().trim().max(maxTextLength);
