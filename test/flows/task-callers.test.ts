/** What callers of tasks and of files meet, over one stack. */
import './task-callers/files.ts';
import './task-callers/functions.ts';
import './task-callers/clients.ts';
