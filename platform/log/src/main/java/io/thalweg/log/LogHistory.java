package io.thalweg.log;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.VotersCheckpoint;
import io.thalweg.log.compaction.LastOfProducer;
import io.thalweg.log.epoch.LeaderEpochs;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.producer.OpenTransactions;
import io.thalweg.log.producer.ProducerEntry;
import io.thalweg.log.producer.ProducerSnapshotCodec;
import io.thalweg.log.producer.ProducerStates;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.log.recovery.LoadedLog;
import io.thalweg.log.recovery.RestartPoint;
import io.thalweg.log.voters.VoterHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What the batches of a log told beside their records: idempotent producers, open transactions, leader epochs, voters. All
 * of it could be read again from the batches; files save that. Guarded by the log's lock.
 */
final class LogHistory {

    private ProducerStates producers = new ProducerStates();
    private OpenTransactions transactions = new OpenTransactions();

    /** Replaced under the lock; may be asked from any thread. */
    private volatile LeaderEpochs epochs = new LeaderEpochs(List.of());

    private volatile VoterHistory voters = new VoterHistory(List.of());

    /** Of the producers, encoded and not yet saved. */
    private @Nullable ByteBuffer snapshot;

    /** Where the log ended when the producers were last encoded or loaded; -1 if they never were. */
    private long snapshotAt = -1;

    ProducerStates producers() {
        return producers;
    }

    OpenTransactions transactions() {
        return transactions;
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    VoterHistory voters() {
        return voters;
    }

    /** Takes over what was read from the disk. */
    void adopt(LoadedLog loaded) {
        producers = loaded.producers();
        transactions = loaded.transactions();
        epochs = loaded.epochs();
        voters = loaded.voters();
        snapshotAt = loaded.snapshotOffset();
    }

    /** The log begins anew. */
    void restartAt(RestartPoint point) {
        EpochOffset start = point.start();
        producers = new ProducerStates();
        transactions = new OpenTransactions();
        // An entry in front of the start says which epoch the record before it had.
        epochs = new LeaderEpochs(
                start.epoch() < 0 || start.offset() == 0
                        ? List.of()
                        : List.of(new LeaderEpochs.Entry(start.epoch(), start.offset() - 1)));
        epochs.unsaved();
        voters = new VoterHistory(
                point.voters().isEmpty() ? List.of() : List.of(new VotersAt(start.offset() - 1, point.voters())));
        voters.unsaved();
        snapshot = null;
        snapshotAt = -1;
    }

    // ---- batches

    /** Epochs, transactions and voters of batches that are now in the log, the last ones of these segments. */
    void onAppended(ByteBuffer memory, int from, int to, LogSegments segments) {
        for (int at = from; at < to; at += BatchHeader.sizeInBytes(memory, at)) {
            epochs.onBatch(BatchHeader.leaderEpoch(memory, at), BatchHeader.baseOffset(memory, at));
            if (BatchHeader.isControl(memory, at)) {
                onControl(memory, at, segments);
            } else if (BatchHeader.isTransactional(memory, at)) {
                transactions.onBatch(memory, at, null);
            }
        }
    }

    private void onControl(ByteBuffer memory, int at, LogSegments segments) {
        TransactionMarker marker = TransactionMarker.read(memory, at);
        if (marker != null) {
            AbortedTxn aborted = transactions.onBatch(memory, at, marker);
            if (aborted != null && !segments.isEmpty()) {
                segments.active().addAborted(aborted);
            }
            return;
        }
        SortedSet<Integer> ids = ControlRecords.readVoters(memory, at);
        if (ids != null) {
            voters.onVoters(BatchHeader.baseOffset(memory, at), ids);
        }
    }

    /** The producer of a batch that is in the log and was not staged. */
    void onReplayed(ByteBuffer batches, int at) {
        if (BatchHeader.producerId(batches, at) > BatchHeader.NO_PRODUCER_ID) {
            TransactionMarker marker = BatchHeader.isControl(batches, at) ? TransactionMarker.read(batches, at) : null;
            if (!isEmptied(batches, at, marker)) {
                producers.update(batches, at, marker);
            }
        }
    }

    /** Whether compaction took a marker out of the batch: there is no transaction left that it could end. */
    static boolean isEmptied(ByteBuffer memory, int at, @Nullable TransactionMarker marker) {
        return marker == null && BatchHeader.isControl(memory, at);
    }

    /** What each producer wrote last. */
    Map<Long, LastOfProducer> lastOfProducers() {
        Map<Long, LastOfProducer> last = new HashMap<>();
        for (ProducerEntry entry : producers.entries()) {
            int count = entry.batches().size();
            last.put(
                    entry.producerId(),
                    new LastOfProducer(
                            count == 0 ? -1 : entry.batches().get(count - 1).lastOffset(), entry.producerEpoch()));
        }
        return last;
    }

    // ---- files

    /** Encodes the producers as they are at the log end offset; to be saved with the next flush. */
    void encodeSnapshot(long logEndOffset) {
        snapshot = ProducerSnapshotCodec.encode(producers);
        snapshotAt = logEndOffset;
    }

    long snapshotAt() {
        return snapshotAt;
    }

    boolean snapshotUnsaved() {
        return snapshot != null;
    }

    /** The encoded producers, for whoever saves them; null if there is nothing to save. */
    @Nullable
    ByteBuffer takeSnapshot() {
        ByteBuffer taken = snapshot;
        snapshot = null;
        return taken;
    }

    /**
     * Saves epochs and voters if they changed; the caller holds the file lock only. Blocks.
     *
     * @return whether something was saved: the directory must be synced then
     */
    boolean save(FileSystem files, Path directory) throws IOException {
        LeaderEpochs epochsNow = epochs;
        VoterHistory votersNow = voters;
        boolean epochsChanged = epochsNow.changed();
        boolean votersChanged = votersNow.changed();
        if (!epochsChanged && !votersChanged) {
            return false;
        }
        epochsNow.saved();
        votersNow.saved();
        try {
            if (votersChanged) {
                WholeFile.replace(
                        files,
                        directory.resolve(VotersCheckpoint.FILE),
                        new VotersCheckpoint(votersNow.entries()).encode());
            }
            if (epochsChanged) {
                WholeFile.replace(files, directory.resolve(LeaderEpochs.FILE), epochsNow.encode());
            }
            return true;
        } catch (IOException failure) {
            epochsNow.unsaved();
            votersNow.unsaved();
            throw failure;
        }
    }
}
