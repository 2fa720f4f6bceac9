import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Head } from '../kit/Page.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'

/** A page of the settings: its heading, one sentence of what it is for, and what it shows once that has arrived. */
export function Frame<T>({
  title,
  about,
  aside,
  query,
  children,
}: {
  title: string
  about: ReactNode
  aside?: ReactNode
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
}) {
  const { data, error, isPending, refetch } = query
  return (
    <div>
      <Head title={title} aside={aside}>
        <p className="max-w-3xl text-quiet">{about}</p>
      </Head>
      {isPending ? (
        <Skeleton lines={8} />
      ) : data === undefined ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <div className="grid max-w-5xl items-start gap-4 p-4 lg:p-6">{children(data)}</div>
      )}
    </div>
  )
}
