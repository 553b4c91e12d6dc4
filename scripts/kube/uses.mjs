/** Tells whether a test run can do without Kubernetes, whose set-up takes minutes the first time. */

/**
 * True unless vitest's arguments choose other projects only, or files of other projects only.
 * @param {string[]} args
 */
export function usesKube(args) {
  const projects = args.flatMap((arg, index) => {
    if (arg === '--project') return [args[index + 1] ?? ''];
    return arg.startsWith('--project=') ? [arg.slice('--project='.length)] : [];
  });
  if (projects.length > 0) return projects.some(choosesKube);
  const files = args.filter((arg) => arg.startsWith('test/'));
  return files.length === 0 || files.some((file) => file.startsWith('test/kube'));
}

/** @param {string} project a name, a pattern with asterisks, or one of these negated @returns {boolean} */
function choosesKube(project) {
  if (project.startsWith('!')) return !choosesKube(project.slice(1));
  return project.includes('*') ? 'kube'.startsWith(project.replace(/\*.*/, '')) : project === 'kube';
}
