/** PostgreSQL can't be brought up here. The message says what is in the way and what to do about it. */
export class CannotStart extends Error {
  override name = 'CannotStart'
}

const nodeErrors: Record<string, string> = {
  EACCES: 'is not writable for this user',
  EPERM: 'is not writable for this user',
  EROFS: 'is on a read-only file system',
  ENOTDIR: 'lies below a file, not a folder',
  EEXIST: 'is a file, not a folder',
  ENOSPC: 'is on a full disk',
  EDQUOT: 'is over its disk quota',
}

/** Runs file work in the data folder; a failure of the file system becomes a sentence about that folder. */
export function inFolder<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof CannotStart) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const what = nodeErrors[code] ?? `can't be used (${error instanceof Error ? error.message : String(error)})`
    throw new CannotStart(
      `The data folder ${folder} ${what}. Choose another folder, correct this one, or set DATABASE_URL ` +
        'to a PostgreSQL of your own.',
      { cause: error },
    )
  }
}

/** Turns what initdb or postgres wrote before it gave up into a sentence with a way out. */
export function explainOutput(output: string, { folder, port }: { folder: string; port?: number }): CannotStart {
  if (/no space left on device|disk quota exceeded/i.test(output)) {
    return new CannotStart(`The disk that holds ${folder} is full. Make room there, then start again.`)
  }
  if (/could not bind|address already in use|could not create any TCP\/IP sockets/i.test(output)) {
    return new CannotStart(
      `Port ${port} on 127.0.0.1 is taken by another program. Stop that program or choose another port.`,
    )
  }
  const nameless = /could not look up effective user ID (\d+)/.exec(output)
  if (nameless) {
    return new CannotStart(
      `PostgreSQL makes no data folder for uid ${nameless[1]}, because /etc/passwd has no name for it. Run as a ` +
        'user that has one or as root, or set DATABASE_URL to a PostgreSQL of your own.',
    )
  }
  const lines = output.trim().split('\n')
  const telling = lines.filter((line) => /FATAL|PANIC|error:/i.test(line))
  const said = (telling.length > 0 ? telling : lines).slice(-4).join('\n')
  return new CannotStart(`PostgreSQL could not start in ${folder}. It said:\n${said || '(nothing)'}`)
}
