/** An SMTP server in a process of its own: it prints each message that it takes as one line of JSON. */
import process from 'node:process';
import { SMTPServer } from 'smtp-server';

const [user, password] = process.argv.slice(2);
let how = 'well';
process.on('message', (next) => {
  if (next !== 'as before') how = String(next);
  // After every mail that was taken before, so that whoever asked has seen them.
  process.send?.({ heard: next });
});

const server = new SMTPServer({
  authOptional: false,
  allowInsecureAuth: true,
  disabledCommands: ['STARTTLS'],
  onAuth: (auth, _session, done) =>
    auth.username === user && auth.password === password
      ? done(null, { user })
      : done(new Error('wrong name or password')),
  onMailFrom: (_address, _session, done) => {
    if (how === 'silent') return;
    if (how === 'busy') return done(Object.assign(new Error('come back later'), { responseCode: 451 }));
    done();
  },
  onData: (stream, session, done) => {
    /** @type {Buffer[]} */
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      process.send?.({ to, message: Buffer.concat(chunks).toString('utf8') });
      done();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
