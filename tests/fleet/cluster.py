"""A Slurm cluster of some nodes on this machine, for slurm.py: munged, slurmctld and one slurmd for each node, in the
foreground, on loopback, with ports, a key and folders of their own. Nothing of the system's own Slurm is read or touched.

A node can lose its slurmd only, or everything that runs on it, as at a power cut. Where the machine permits it every
node has a host name of its own, as real nodes have.
"""
import ctypes
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans():
    """Daemons and steps detach themselves from their parents: they become children of this process, not of init."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(root):
    children = {}
    for entry in pathlib.Path('/proc').iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / 'stat').read_text().rsplit(')', 1)[1].split()
        except OSError:
            continue  # it ended meanwhile
        if fields[0] != 'Z':
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ends = [], [root]
    while open_ends:
        for child in children.get(open_ends.pop(), []):
            found.append(child)
            open_ends.append(child)
    return found


def alive(pid):
    """Neither ended nor waiting to be asked how it ended."""
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


def send(number, pids):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def kill_all(roots, with_roots):
    """Processes below `roots`, all at the same moment as far as they can tell: stopped first, then killed. What one of
    them started while they were looked for is looked for again; they are gone on return."""
    while True:
        doomed = set()
        while found := {pid for root in roots for pid in ([root] if with_roots else []) + descendants(root)
                        if alive(pid)} - doomed:
            send(signal.SIGSTOP, found)
            doomed |= found
        send(signal.SIGKILL, doomed)
        if with_roots:
            while any(alive(pid) for pid in doomed):
                time.sleep(0.01)
        if not doomed or with_roots:
            return
        time.sleep(0.05)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


class Cluster:
    def __init__(self, folder, nodes, cpus):
        self.folder, self.nodes, self.daemons, self.may_be_down = folder, nodes, {}, False
        for name in ('state', 'spool', 'log'):
            (folder / name).mkdir()
        key = folder / 'munge.key'
        key.touch(mode=0o400)
        os.chmod(key, 0o600)
        key.write_bytes(secrets.token_bytes(128))
        os.chmod(key, 0o400)
        self.conf = folder / 'slurm.conf'
        self.conf.write_text(self.configuration(cpus))
        (folder / 'cgroup.conf').write_text('CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n')
        self.environment = dict(os.environ, SLURM_CONF=str(self.conf))
        named = subprocess.run(['unshare', '--uts', 'true'], capture_output=True, check=False)
        self.own_host_names = named.returncode == 0

    def configuration(self, cpus):
        user = subprocess.run(['id', '-un'], capture_output=True, text=True, check=True).stdout.strip()
        lines = [
            'ClusterName=poolwho', 'SlurmctldHost=localhost(127.0.0.1)', f'SlurmctldPort={free_port()}',
            f'SlurmUser={user}', f'SlurmdUser={user}', 'AuthType=auth/munge', 'CryptoType=crypto/munge',
            # A requeued task waits until the credentials of its former life have expired.
            f'AuthInfo=socket={self.folder}/munge.socket,cred_expire=5',
            f'StateSaveLocation={self.folder}/state', f'SlurmdSpoolDir={self.folder}/spool/%n',
            f'SlurmctldPidFile={self.folder}/slurmctld.pid', f'SlurmdPidFile={self.folder}/slurmd-%n.pid',
            f'SlurmctldLogFile={self.folder}/log/slurmctld.log', f'SlurmdLogFile={self.folder}/log/%n.log',
            # No cgroups: they are the machine's, and a container has none to give.
            'ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'JobAcctGatherType=jobacct_gather/none',
            'SelectType=select/cons_tres', 'SelectTypeParameters=CR_CPU', 'SchedulerType=sched/builtin',
            'SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0',
            'MpiDefault=none', 'SwitchType=switch/none', 'AccountingStorageType=accounting_storage/none',
            'ReturnToService=2', 'SlurmdTimeout=4', 'KillWait=1', 'MessageTimeout=10',
        ]
        for node in self.nodes:
            lines.append(f'NodeName={node} NodeHostname=localhost NodeAddr=127.0.0.1 Port={free_port()} CPUs={cpus} '
                         'RealMemory=4096')
        lines.append(f'PartitionName=all Nodes={",".join(self.nodes)} Default=YES MaxTime=INFINITE State=UP')
        return '\n'.join(lines) + '\n'

    def start_daemon(self, name, command):
        with open(self.folder / 'log' / f'{name}.out', 'ab') as log:
            self.daemons[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  env=self.environment, cwd=self.folder, preexec_fn=adopt_orphans)

    def start(self):
        self.start_daemon('munged', ['munged', '--foreground', '--force', '--num-threads=2',
                                     f'--key-file={self.folder}/munge.key', f'--socket={self.folder}/munge.socket',
                                     f'--pid-file={self.folder}/munged.pid', f'--log-file={self.folder}/log/munged.log',
                                     f'--seed-file={self.folder}/munge.seed'])
        self.until(lambda: (self.folder / 'munge.socket').exists(), 'munged', 30)
        self.start_daemon('slurmctld', ['slurmctld', '-D', '-f', str(self.conf)])
        for node in self.nodes:
            self.start_node(node)
        self.until(lambda: self.run('sinfo', '-h', '-N', '-o', '%t').split() == ['idle'] * len(self.nodes), 'the nodes', 60)

    def start_node(self, node):
        command = ['slurmd', '-D', '-N', node, '-f', str(self.conf)]
        if self.own_host_names:
            command = ['unshare', '--uts', 'sh', '-c', f'hostname {node} && exec "$@"', node, *command]
        self.start_daemon(node, command)

    def cut_power(self, node):
        """Everything on the node ends at once."""
        self.may_be_down = True
        kill_all([self.daemons[node].pid], with_roots=True)
        self.daemons[node].wait()

    def kill_slurmd(self, node):
        """The node's tasks go on; nobody tells the controller about them."""
        self.may_be_down = True
        self.daemons[node].kill()
        self.daemons[node].wait()

    def run(self, *command, **more):
        done = subprocess.run(command, capture_output=True, text=True, env=dict(self.environment, **more), check=False)
        return done.stdout if done.returncode == 0 else ''

    def until(self, condition, what, seconds):
        """A guard against hanging, not a measurement."""
        end = time.monotonic() + seconds
        while not condition():
            dead = [name for name, daemon in self.daemons.items() if daemon.poll() is not None]
            if time.monotonic() > end or (dead and not self.may_be_down):
                raise TimeoutError(f'waited {seconds} s for {what}\n{self.tail_of_logs()}')
            time.sleep(0.1)

    def tail_of_logs(self):
        texts = []
        for log in sorted((self.folder / 'log').iterdir()):
            texts.append(f'-- {log.name}\n' + '\n'.join(log.read_text(errors='replace').splitlines()[-15:]))
        return '\n'.join(texts) + '\n' + self.run('squeue', '-l') + self.run('sinfo', '-l')


def guarded(test):
    """Runs test(folder) in a process that ends everything it started and removes the folder, whatever happens: also
    when this process is killed."""
    parent = os.getpid()
    guardian = os.fork()
    if guardian != 0:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: os.kill(guardian, signal.SIGTERM))
        return os.waitstatus_to_exitcode(os.waitpid(guardian, 0)[1])
    os.setsid()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    adopt_orphans()

    def ended(*_):
        raise SystemExit('slurm.py: ended from outside')
    signal.signal(signal.SIGTERM, ended)
    import tempfile
    folder = pathlib.Path(tempfile.mkdtemp(prefix='poolwho-slurm-'))
    folder.chmod(0o755)  # munge wants its socket within reach of all
    code = 1
    try:
        if os.getppid() == parent:
            test(folder)
            code = 0
    except SystemExit as end:
        print(end.code, flush=True)
    except Exception as error:  # pylint: disable=broad-except
        print(f'slurm.py: {type(error).__name__}: {error}', flush=True)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        kill_all([os.getpid()], with_roots=False)
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(code)
