/** For tests that mind nobody else's time: where there is not enough for all, they take a tenth of what others take. */
import { getPriority, setPriority } from 'node:os';

const niceness = 10;

// Of this thread alone, where the system has priorities of threads. Whoever is nicer already may not become less so.
setPriority(0, Math.max(niceness, getPriority(0)));
