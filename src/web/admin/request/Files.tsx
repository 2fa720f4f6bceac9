import type { RequestScreen } from '../../../http/admin/screens.ts'
import { Card } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'

const addressOf = (id: string): string => `/admin/api/attachments/${id}`

/** What the customer sent. Pictures are shown small; each file is saved by its name, never opened here. */
export function Files({ files }: Pick<RequestScreen, 'files'>) {
  if (files.length === 0) return null
  return (
    <Card title="Files of the customer">
      <ul className="flex flex-wrap gap-3">
        {files.map((file) => (
          <li key={file.id} className="w-40 overflow-hidden rounded-md border border-line">
            {file.deleted_at ? (
              <p className="p-2 text-quiet">
                A file, deleted <Time at={file.deleted_at} />
              </p>
            ) : (
              <a className="block" href={addressOf(file.id)} download={file.name}>
                {file.type === 'application/pdf' ? (
                  <span className="grid h-28 place-items-center bg-sunken text-quiet">PDF</span>
                ) : (
                  <img
                    className="h-28 w-full bg-sunken object-contain"
                    src={`${addressOf(file.id)}/picture`}
                    alt=""
                    loading="lazy"
                  />
                )}
                <span className="block truncate px-2 pt-1 underline">
                  <bdi>{file.name}</bdi>
                </span>
                <span className="block px-2 pb-2 text-quiet">
                  {Math.max(1, Math.round(file.bytes / 1000)).toLocaleString('en')} kB
                  {file.question_id && ', with an answer'}
                </span>
              </a>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
