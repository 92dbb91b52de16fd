/**
 * What the first process in the namespaces does. Arguments: busybox, the engine's folder, what is
 * laid over /usr or nothing.
 *
 * Programs of another release of Debian find the loader and the libraries that belong to them
 * where they expect them, and leave everything else of the machine in place.
 *
 * An engine also writes to /run (shim sockets), /etc/docker (its key, which is its ID in older
 * engines) and /opt/containerd, wherever its data is: these get a layer in memory that ends with
 * the namespace, and an empty /etc/docker, so that neither the machine's daemon.json nor its key is
 * seen. Then it stays, adopts what the engine leaves behind when it is killed, and reaps it (the
 * shell collects any child while it waits for its own). It ends where its folder has gone, for the
 * few instructions in which killing it from outside could miss it.
 */
export const FIRST_PROCESS = `set -e
bb=$1 folder=$2 usr=$3 layers=$2/layers
if [ -n "$usr" ]; then
  [ -L /lib ] || { echo "its /lib is not a part of /usr" >&2; exit 1; }
  "$bb" mount -t overlay -o "lowerdir=$usr:/usr" overlay /usr
fi
"$bb" ip link set lo up
"$bb" mount -t tmpfs -o mode=755 tmpfs /run
"$bb" mkdir "$layers"
"$bb" mount -t tmpfs -o mode=700 tmpfs "$layers"
for place in etc opt; do
  [ -d "/$place" ] || continue
  upper=$layers/$place/upper work=$layers/$place/work
  "$bb" mkdir -p "$upper" "$work"
  "$bb" mount -t overlay -o "lowerdir=/$place,upperdir=$upper,workdir=$work" overlay "/$place"
done
"$bb" mkdir -p /etc/docker
"$bb" mount -t tmpfs -o mode=755 tmpfs /etc/docker
echo ready
exec >/dev/null 2>&1
while [ -e "$folder/owner.json" ]; do "$bb" sleep 5; done`;

/**
 * Stays outside and waits for the end of our process, however it comes: a test runner that is
 * interrupted kills its workers with -9, which can then remove nothing themselves. Arguments:
 * busybox, the engine's folder, the command that opens the namespaces.
 *
 * Its input is a pipe whose other end only our process has. \`cat\` sees its end and ends as well;
 * its child, which opened the namespaces, is then killed by the kernel (--pdeathsig), and that
 * one's child, their first process, too (--kill-child). What is left is removed here.
 */
export const GUARD = `bb=$1 folder=$2
shift 2
exec 4<&0 </dev/null
("$@" 4<&- & exec "$bb" cat <&4 >/dev/null 2>&1) &
exec 4<&- >/dev/null 2>&1
wait
name=\${folder##*/}
for attempt in $("$bb" seq 200); do
  for cgroup in "/sys/fs/cgroup/$name" /sys/fs/cgroup/*/"$name"; do
    [ ! -d "$cgroup" ] || "$bb" find "$cgroup" -depth -type d -exec "$bb" rmdir {} ';'
  done
  "$bb" rm -rf "$folder"
  left=
  for place in "$folder" "/sys/fs/cgroup/$name" /sys/fs/cgroup/*/"$name"; do
    [ ! -e "$place" ] || left=$place
  done
  [ -n "$left" ] || exit 0
  "$bb" sleep 0.1
done`;
