import { useQuery } from '@tanstack/react-query'
import type { ApiKeysPage } from '../../../http/admin/settings/api-keys.ts'
import { get } from '../api.ts'
import { Card } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'
import { Frame } from './Frame.tsx'

/** With what your own programs speak to the API. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'api-keys'], queryFn: () => get<ApiKeysPage>('/settings/api-keys') })
  return (
    <Frame title="API keys" about="With what your own programs speak to the API." query={query}>
      {({ keys }) => (
        <Card title="Keys">
          <ul className="divide-y divide-line">
            {keys.map((key) => (
              <li key={key.id} className="flex flex-wrap justify-between gap-2 py-2">
                <span className="font-medium">{key.name}</span>
                <span className="text-quiet">
                  {key.last_used_at ? (
                    <>
                      used <Time at={key.last_used_at} />
                    </>
                  ) : (
                    'never used'
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Frame>
  )
}
