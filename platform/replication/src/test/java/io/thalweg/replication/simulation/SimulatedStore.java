package io.thalweg.replication.simulation;

import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.ReplicaStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One replica's log on its machine, as the broker's store keeps it: through the log writer and the promises' file. */
final class SimulatedStore implements ReplicaStore {

    private static final int ENTRIES_MAX = 64;

    private final LogId id;
    private final SimulatedMachine machine;
    private final SimulatedLog log;

    /** Appends of older epochs do not enter any more. */
    private int fence;

    /** What clients append and the writer is flushing; behind the log's end. */
    private final List<Entry> staged = new ArrayList<>();

    /** What the replica was told of it, and where that begins. */
    private List<Entry> shown = List.of();

    private long shownFrom;

    private int promisedEpoch;

    SimulatedStore(LogId id, SimulatedMachine machine, SimulatedLog log) {
        this.id = id;
        this.machine = machine;
        this.log = log;
    }

    // ---- what a client's append is

    /** After a while on its way to the log writer. Completes when it is in the log and flushed. */
    Future<Void> append(Entry entry, Runnable appended) {
        Promise<Void> done = Promise.promise();
        machine.onItsWay(
                () -> machine.writer().write(new ClientsEntry(entry, appended)).onComplete(done));
        return done.future();
    }

    private final class ClientsEntry implements SimulatedWriter.ClientAppend {
        private final Entry entry;
        private final Runnable appended;

        ClientsEntry(Entry entry, Runnable appended) {
            this.entry = entry;
            this.appended = appended;
        }

        @Override
        public void stage() {
            boolean fenced = entry.epoch() < fence || entry.epoch() < log.end().epoch();
            if (fenced && !machine.breaks(NodesBrokenRule.PROMISE_WITHOUT_FENCE)) {
                throw new IllegalArgumentException("fenced: epoch=" + entry.epoch() + " fence=" + fence);
            }
            if (machine.handsOver(id)) {
                throw new IllegalArgumentException("it is being handed over");
            }
            machine.appends(id, entry.epoch());
            staged.add(entry);
            if (!machine.losesUnflushed()) {
                machine.soon(SimulatedStore.this::show);
            }
        }

        @Override
        public void apply() {
            staged.remove(entry);
            add(List.of(entry));
            appended.run();
        }

        @Override
        public void lost() {
            staged.remove(entry);
            if (!machine.breaks(NodesBrokenRule.REPLACES_WHAT_WAS_SHOWN)) {
                fence = Math.max(fence, entry.epoch() + 1);
            }
            machine.soon(() -> {
                shown = List.of();
                machine.stagedLost(id);
            });
        }
    }

    /** The replica hears what is staged now, as far as it is of the epoch that it leads in. */
    private void show() {
        boolean current = staged.stream().allMatch(entry -> entry.epoch() >= promisedEpoch);
        if (!staged.isEmpty() && current) {
            shown = List.copyOf(staged);
            shownFrom = log.end().offset();
            machine.told(id);
        }
    }

    /** Whether the replica knows of more than the log holds. */
    private boolean shows() {
        return !shown.isEmpty() && shownFrom + shown.size() > log.end().offset();
    }

    private void add(List<Entry> entries) {
        log.append(entries);
        machine.disk().written(log);
    }

    // ---- reads

    @Override
    public LogPosition end() {
        return shows() ? new LogPosition(shown.get(shown.size() - 1).epoch(), shownFrom + shown.size()) : log.end();
    }

    @Override
    public long durableEnd() {
        return log.durableEnd();
    }

    @Override
    public LogPosition start() {
        return log.start();
    }

    @Override
    public LogPosition endOfEpoch(int epoch) {
        return shows() && end().epoch() <= epoch ? end() : log.endOfEpoch(epoch);
    }

    @Override
    public Voters voters() {
        return log.voters();
    }

    @Override
    public Voters votersBefore() {
        return log.votersBefore();
    }

    @Override
    public long votersOffset() {
        return log.votersOffset();
    }

    // ---- changes

    @Override
    public Future<Void> promise(EpochPromise promise) {
        promisedEpoch = promise.epoch();
        shown = List.of();
        boolean fences = !machine.breaks(NodesBrokenRule.PROMISE_WITHOUT_FENCE);
        if (fences) {
            fence = Math.max(fence, promise.epoch());
        }
        Future<Void> durable = machine.promises().promise(id, promise);
        if (machine.breaks(NodesBrokenRule.PROMISE_WITHOUT_FLUSH)) {
            machine.promised(id, promise);
            return Future.succeededFuture();
        }
        durable.onSuccess(flushed -> machine.promised(id, promise));
        return fences ? durable.compose(flushed -> machine.writer().write(() -> {})) : durable;
    }

    @Override
    public Future<Void> appendLeaderChange(int epoch) {
        return appendOwn(new Entry(epoch, machine.nextValue(), null));
    }

    @Override
    public Future<Void> appendVoters(int epoch, Voters voters) {
        return appendOwn(new Entry(epoch, machine.nextValue(), voters));
    }

    private Future<Void> appendOwn(Entry entry) {
        return machine.writer().write(() -> {
            if (entry.epoch() < fence) {
                throw new IllegalArgumentException("fenced: epoch=" + entry.epoch() + " fence=" + fence);
            }
            add(List.of(entry));
        });
    }

    @Override
    public Future<Void> appendFetched(ByteBuffer batches) {
        long first = EntryBytes.firstOffset(batches);
        List<Entry> entries = EntryBytes.decode(batches);
        if (machine.breaks(NodesBrokenRule.FETCHED_COUNTS_UNFLUSHED)) {
            continueWith(first, entries);
            machine.writer().write(() -> machine.disk().written(log));
            return Future.succeededFuture();
        }
        return machine.writer().write(() -> {
            continueWith(first, entries);
            machine.disk().written(log);
        });
    }

    private void continueWith(long first, List<Entry> entries) {
        if (first != log.end().offset()) {
            throw new IllegalArgumentException("does not continue: first=" + first + " end=" + log.end());
        }
        log.append(entries);
    }

    @Override
    public Future<Void> truncateTo(long offset) {
        return machine.writer().write(() -> {
            log.truncateTo(offset);
            machine.disk().written(log);
        });
    }

    @Override
    public Future<Void> restartAt(LogPosition start, Voters voters) {
        return machine.writer().write(() -> {
            log.restartAt(start, voters);
            machine.disk().written(log);
        });
    }

    @Override
    public Future<Void> trusted() {
        return machine.promises().trusted(id, true).onSuccess(done -> machine.trusts(id));
    }

    @Override
    public Future<ByteBuffer> read(long offset, int bytesMax) {
        if (!machine.disk().readsSlowly()) {
            return Future.succeededFuture(readNow(offset, bytesMax));
        }
        Promise<ByteBuffer> read = Promise.promise();
        machine.afterRead(() -> read.complete(readNow(offset, bytesMax)));
        return read.future();
    }

    private ByteBuffer readNow(long offset, int bytesMax) {
        if (offset < log.start().offset() || offset >= end().offset()) {
            return ByteBuffer.allocate(0);
        }
        long logEnd = log.end().offset();
        List<Entry> entries = offset < logEnd
                ? log.from(offset, ENTRIES_MAX)
                : shown.subList((int) (offset - shownFrom), shown.size());
        int count = 0;
        int bytes = 0;
        while (count < entries.size() && (count == 0 || bytes < bytesMax)) {
            bytes += EntryBytes.size(entries.get(count++));
        }
        return EntryBytes.encode(entries.subList(0, count), offset);
    }
}
