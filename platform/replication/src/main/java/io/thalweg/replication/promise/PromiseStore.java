package io.thalweg.replication.promise;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.Durability;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.InvariantViolation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The promises of all replicas of one log directory, in one file. All that is waiting shares one write and one flush.
 */
public final class PromiseStore {

    /** The file's name in the log directory. */
    public static final String FILE = "thalweg-promises";

    /** Smaller files are not worth beginning anew. */
    private static final long REWRITE_BYTES_MIN = 1 << 20;

    /** A file is begun anew when it is so many times what counts in it. */
    private static final int REWRITE_FACTOR = 4;

    private final PromiseFile file;
    private final Executor disk;
    private final Executor loop;
    private final boolean created;
    private final boolean lostTrust;

    /** As last asked for. */
    private final Map<LogId, ReplicaState> states;

    /** Their promises are lost, and nothing was put of them since. */
    private final Set<LogId> lost;

    /** About what all states take, and what the file has grown to. */
    private long liveBytes;

    private long fileBytes;

    private Group waiting = new Group();
    private boolean writing;
    private boolean closing;
    private @Nullable IOException failure;

    /** What one write and one flush make durable. */
    private static final class Group {
        final Map<LogId, @Nullable ReplicaState> changes = new HashMap<>();
        final List<Promise<Void>> promises = new ArrayList<>();
        boolean clean;
        boolean last;

        boolean isEmpty() {
            return promises.isEmpty();
        }
    }

    private PromiseStore(
            PromiseFile file,
            PromiseFile.Content content,
            Executor disk,
            Executor loop,
            boolean created,
            boolean lostTrust) {
        this.file = file;
        this.states = content.states;
        this.lost = content.lost;
        this.disk = disk;
        this.loop = loop;
        this.created = created;
        this.lostTrust = lostTrust;
        this.liveBytes = file.bytes(states, lost);
        this.fileBytes = liveBytes;
    }

    /**
     * Reads what was promised and flushes it again before anybody acts on it. Blocks. If the machine went down since, and the
     * logs were not flushed with every append, every replica is marked as untrusted, durably (safety rule 6).
     *
     * @param logs that the directory holds: if there is no file, what was promised of them is {@link #lost}
     * @param disk runs tasks that block; one at a time is asked of it
     * @param loop runs tasks on the replication loop
     * @throws PromisesDamaged if the file holds less than was made durable
     */
    public static PromiseStore open(
            FileSystem fileSystem, Path directory, Boot boot, Set<LogId> logs, Executor disk, Executor loop)
            throws IOException {
        PromiseFile file = new PromiseFile(fileSystem, directory, boot);
        boolean created = !file.exists();
        PromiseFile.Content content = created ? new PromiseFile.Content() : file.read();
        if (created) {
            content.lost.addAll(logs);
        }
        boolean lostTrust = losesTrust(content, boot);
        if (lostTrust) {
            content.states.replaceAll((id, state) -> state.trusted(false));
        }
        // What a process wrote and did not flush may be found by the next one, and be lost after it acted on it: so
        // begin anew.
        file.rewrite(content.states, content.lost);
        return new PromiseStore(file, content, disk, loop, created, lostTrust);
    }

    private static boolean losesTrust(PromiseFile.Content content, Boot boot) {
        Boot before = content.boot;
        return before != null
                && before.durability() == Durability.OS
                && !before.id().equals(boot.id())
                && !content.clean;
    }

    /** Whether there was no file: the directory is new, or its promises were lost with a disk. */
    public boolean created() {
        return created;
    }

    /**
     * Whether the log was here when the file was not, and nothing was put of it since: it may have promised what nobody
     * remembers. So were the logs of a node that was in no cluster before. Durable.
     */
    public boolean lost(LogId id) {
        return lost.contains(id);
    }

    /** Every replica of which {@link #lost} says so. */
    public Set<LogId> lost() {
        return Collections.unmodifiableSet(lost);
    }

    /** Whether replicas lost their trust at this start, since the machine went down. */
    public boolean lostTrust() {
        return lostTrust;
    }

    /** The state of a replica as it was last asked for, durable or on its way there; null if nothing is kept. */
    public @Nullable ReplicaState state(LogId id) {
        return states.get(id);
    }

    /** Every replica of which something is kept. */
    public Map<LogId, ReplicaState> states() {
        return Collections.unmodifiableMap(states);
    }

    /** Keeps a replica's first state. Completes, like all that follow, when it is durable. */
    public Future<Void> put(LogId id, ReplicaState state) {
        return change(id, state);
    }

    public Future<Void> promise(LogId id, EpochPromise promise) {
        ReplicaState before = known(id);
        boolean again = promise.epoch() == before.promise().epoch();
        boolean changesVote = before.promise().votedFor() != EpochPromise.NOBODY
                && before.promise().votedFor() != promise.votedFor();
        if (promise.epoch() < before.promise().epoch() || (again && changesVote)) {
            throw new InvariantViolation("an epoch is promised once: partition=" + id + " promised=" + before.promise()
                    + " asked=" + promise);
        }
        return change(id, before.promised(promise));
    }

    public Future<Void> trusted(LogId id, boolean trusted) {
        return change(id, known(id).trusted(trusted));
    }

    /** Keeps nothing of a replica any more: it was deleted or moved away. */
    public Future<Void> forget(LogId id) {
        return states.containsKey(id) || lost.contains(id) ? change(id, null) : Future.succeededFuture();
    }

    private ReplicaState known(LogId id) {
        ReplicaState state = states.get(id);
        if (state == null) {
            throw new IllegalArgumentException("nothing was put of this replica: partition=" + id);
        }
        return state;
    }

    /**
     * After what is waiting.
     *
     * @param logsFlushed whether everything in the logs is flushed, so that a machine that goes down from now on loses nothing
     */
    public Future<Void> close(boolean logsFlushed) {
        if (refused() != null) {
            return refusal();
        }
        closing = true;
        waiting.clean = logsFlushed;
        waiting.last = true;
        return submit();
    }

    // ---- writing

    private Future<Void> change(LogId id, @Nullable ReplicaState state) {
        if (refused() != null) {
            return refusal();
        }
        ReplicaState before = state == null ? states.remove(id) : states.put(id, state);
        liveBytes -= lost.remove(id) ? PromiseFormat.LOST_BYTES : 0;
        liveBytes +=
                (state == null ? 0 : PromiseFormat.bytes(state)) - (before == null ? 0 : PromiseFormat.bytes(before));
        waiting.changes.put(id, state);
        return submit();
    }

    private @Nullable IOException refused() {
        return failure == null && closing ? new IOException("promises are closed") : failure;
    }

    private Future<Void> refusal() {
        return Future.failedFuture(refused());
    }

    private Future<Void> submit() {
        Promise<Void> promise = Promise.promise();
        waiting.promises.add(promise);
        write();
        return promise.future();
    }

    private void write() {
        if (writing || waiting.isEmpty()) {
            return;
        }
        writing = true;
        Group group = waiting;
        waiting = new Group();
        long bytes = PromiseFormat.GROUP_HEADER_BYTES + PromiseFormat.MARK_BYTES;
        for (ReplicaState state : group.changes.values()) {
            bytes += PromiseFormat.bytes(state);
        }
        fileBytes += bytes;
        PromiseFile.Content anew = null;
        if (fileBytes > Math.max(REWRITE_BYTES_MIN, REWRITE_FACTOR * liveBytes)) {
            anew = new PromiseFile.Content();
            anew.states.putAll(states);
            anew.lost.addAll(lost);
            fileBytes = liveBytes;
        }
        PromiseFile.Content rewritten = anew;
        disk.execute(() -> {
            IOException failed = write(group, rewritten);
            loop.execute(() -> written(group, failed));
        });
    }

    private @Nullable IOException write(Group group, PromiseFile.@Nullable Content rewritten) {
        try {
            if (rewritten != null) {
                file.rewrite(rewritten.states, rewritten.lost);
            }
            if (rewritten == null || group.clean) {
                file.append(rewritten == null ? group.changes : Map.of(), group.clean);
            }
            if (group.last) {
                file.close();
            }
            return null;
        } catch (IOException failed) {
            return failed;
        } catch (RuntimeException bug) {
            // Callers must hear of it: they wait.
            return new IOException("promises could not be written", bug);
        }
    }

    /** A flush that failed once may have lost what a later one does not bring back: nothing is written any more. */
    private void written(Group group, @Nullable IOException failed) {
        writing = false;
        if (failed != null) {
            failure = failed;
            Group abandoned = waiting;
            waiting = new Group();
            group.promises.forEach(promise -> promise.fail(failed));
            abandoned.promises.forEach(promise -> promise.fail(failed));
            return;
        }
        write();
        group.promises.forEach(promise -> promise.complete());
    }
}
