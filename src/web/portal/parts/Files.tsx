/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { FileView } from '../../../http/portal/wire.ts'
import { keepDraft, readDraft } from '../draft.ts'
import { useLocale, useWords } from '../language.ts'
import type { Fault } from '../upload.ts'
import { fill } from '../words/fill.ts'
import { Icon } from './Icon.tsx'

type OnItsWay = {
  readonly key: number
  readonly name: string
  readonly share: number
  readonly waiting: boolean
  readonly stop: () => void
}
type Refused = { readonly name: string; readonly fault: Fault }

let nextKey = 0

/**
 * Files that go with a request or an answer. Each is sent as soon as it is chosen, so that nothing waits at the end; what was
 * sent stands in the draft and survives a reload. `busy` says whether something is on its way.
 */
export function Files({ draft, busy }: { draft: string; busy: (now: boolean) => void }) {
  const { files: words } = useWords()
  const [kept, setKept] = useState(() => readDraft(draft).files)
  const [going, setGoing] = useState<readonly OnItsWay[]>([])
  const [refused, setRefused] = useState<readonly Refused[]>([])
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => busy(going.length > 0), [going.length > 0])

  const keep = (files: readonly FileView[]) => setKept(keepDraft(draft, { files }).files)
  const send = async (file: File) => {
    const key = nextKey++
    const stopping = new AbortController()
    const change = (part: Partial<OnItsWay>) =>
      setGoing((all) => all.map((each) => (each.key === key ? { ...each, ...part } : each)))
    setGoing((all) => [...all, { key, name: file.name, share: 0, waiting: false, stop: () => stopping.abort() }])
    const { NotTaken, upload } = await import('../upload.ts')
    try {
      const sent = await upload(file, change, stopping.signal)
      keep([...readDraft(draft).files.filter(({ id }) => id !== sent.id), sent])
    } catch (error) {
      if (!stopping.signal.aborted)
        setRefused((all) => [...all, { name: file.name, fault: error instanceof NotTaken ? error.fault : 'failed' }])
    }
    setGoing((all) => all.filter((each) => each.key !== key))
  }
  const choose = () => {
    setRefused([])
    for (const file of input.current?.files ?? []) void send(file)
    if (input.current) input.current.value = ''
  }

  return (
    <div class="files">
      <ul>
        {kept.map((file) => (
          <li key={file.id}>
            <FileLine file={file} />
            <Remove name={file.name} act={() => keep(kept.filter(({ id }) => id !== file.id))} />
          </li>
        ))}
        {going.map((file) => (
          <OnTheWay key={file.key} file={file} />
        ))}
      </ul>
      <div role="alert">
        {refused.map(({ name, fault }) => (
          <p key={name} class="wrong">
            {fill(words.faults[fault], { name })}
          </p>
        ))}
      </div>
      <label class="button quiet add">
        <Icon shape="clip" />
        {words.add}
        <input
          ref={input}
          class="unseen"
          type="file"
          multiple
          accept="image/*,application/pdf"
          aria-describedby={`${draft}-files`}
          onChange={choose}
        />
      </label>
      <p class="hint" id={`${draft}-files`}>
        {words.hint}
      </p>
    </div>
  )
}

function OnTheWay({ file: { name, share, waiting, stop } }: { file: OnItsWay }) {
  const { files: words } = useWords()
  const locale = useLocale()
  const percent = new Intl.NumberFormat(locale, { style: 'percent' }).format(share)
  const told = waiting ? words.waiting : fill(words.sending, { name, percent })
  return (
    <li>
      <span class="file">
        <span>{told}</span>
        <progress aria-label={name} value={share} max={1} />
      </span>
      <Remove name={name} act={stop} />
    </li>
  )
}

function Remove({ name, act }: { name: string; act: () => void }) {
  const { files: words } = useWords()
  return (
    <button type="button" class="remove" aria-label={fill(words.remove, { name })} onClick={act}>
      <Icon shape="cross" />
    </button>
  )
}

/** A file by its name and size, to be saved. */
export function FileLine({ file: { id, name, bytes } }: { file: FileView }) {
  const locale = useLocale()
  const [size, unit] =
    bytes < 1_000_000 ? [Math.max(1, Math.round(bytes / 1000)), 'kilobyte'] : [bytes / 1_000_000, 'megabyte']
  const shown = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size)
  return (
    <span class="file">
      <a
        href={`/portal/api/attachments/${id}`}
        download
        onClick={(event) => {
          event.preventDefault()
          void import('../save-file.ts').then(({ saveFile }) => saveFile(id, name))
        }}
      >
        <bdi>{name}</bdi>
      </a>{' '}
      <small>{shown}</small>
    </span>
  )
}
