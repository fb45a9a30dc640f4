import { configFolder, ports } from "./names.ts";

/**
 * Deletes nginx' cache, the stale copies included, and stores new copies, run in nginx' container. nginx itself can't purge.
 *
 * The first second is for the last answers of the former version, which nginx may be storing. A name with a dot is that of a
 * file that nginx is writing. A deleted file is a miss for nginx once it looks the name up again, at the latest after
 * open_file_cache_valid, a second. The health check then fetches the copies.
 */
const script = `
set -e
sleep 1
find /tmp/pages -type f ! -name '*.*' -exec rm -f {} +
sleep 2
copies=$(grep -c 'mirror /stale/' ${configFolder}/nginx.conf)
for attempt in $(seq 100); do
  wget -q -O /dev/null -T 10 http://127.0.0.1:${ports.nginxStatus}/healthz || true
  sleep 0.1
  [ "$(grep -rl '^KEY: stale/' /tmp/pages | wc -l)" -ge "$copies" ] && exit 0
done
echo "it could not fetch all pages" >&2
exit 1
`;

export const purgeCommand = ["sh", "-c", script];
