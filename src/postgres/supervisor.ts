/**
 * The process between us and PostgreSQL: it ends PostgreSQL when we end, even by `kill -9`. We hold the one
 * end of a pipe, it reads the other (fd 3), and the system closes ours when we are gone. It is a shell
 * script, because another Node would cost 45 MB to wait for one byte.
 *
 * Two processes, each enough by itself: the first waits for PostgreSQL and passes its end on; the second
 * waits for the pipe, asks for a fast shutdown (10 s), then an immediate one (5 s), then kills. An immediate
 * shutdown loses nothing that was acknowledged: the next start recovers.
 */
export const supervisorScript = `
"$@" 3<&- &
postgres=$!
{
  while read -r _; do :; done
  for try in 'INT 100' 'QUIT 50' 'KILL 1'; do
    kill -"\${try% *}" $postgres 2>/dev/null || exit 0
    ticks=\${try#* }
    while [ "$ticks" -gt 0 ] && kill -0 $postgres 2>/dev/null; do
      sleep 0.1
      ticks=$((ticks - 1))
    done
  done
} <&3 &
watcher=$!
exec 3<&-
wait $postgres
ended=$?
kill -9 $watcher 2>/dev/null
exit $ended
`
