/** For tests that mind nobody else's time: where there is not enough for all, they take a tenth of what others take. */
import { setPriority } from 'node:os';

const niceness = 10;

// Of this thread alone, where the system has priorities of threads.
setPriority(0, niceness);
