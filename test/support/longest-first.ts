/**
 * The order of test files within a group: those that take long come first, so that none of them runs alone at the end.
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { longFiles } from './long-files.ts';

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longFiles.indexOf(relative(this.ctx.config.root, moduleId));
      return at === -1 ? longFiles.length : at;
    };
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    // The others stay as the base class has put them, project by project.
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => group(a) - group(b) || place(a) - place(b));
  }
}
