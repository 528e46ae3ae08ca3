package io.thalweg.log.recovery;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.AbortedTxn;
import io.thalweg.log.VotersAt;
import io.thalweg.log.checkpoint.VotersCheckpoint;
import io.thalweg.log.epoch.LeaderEpochs;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.producer.OpenTransactions;
import io.thalweg.log.producer.ProducerSnapshotCodec;
import io.thalweg.log.producer.ProducerStates;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.TransactionMarker;
import io.thalweg.log.segment.AbortedTxnCodec;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.segment.SegmentFiles;
import io.thalweg.log.voters.VoterHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Producers, transactions, leader epochs and voters of a log that is being read: what their files say up to where they are
 * good for, and what the batches say from there on. Blocks.
 */
final class RebuiltHistory {

    private final FileSystem files;
    private final Path directory;
    private final List<String> repaired;
    private final List<LeaderEpochs.Entry> savedEpochs;

    /** Null if the file is damaged. */
    private final @Nullable List<VotersAt> savedVoters;

    private ProducerStates producers = new ProducerStates();
    private final OpenTransactions transactions = new OpenTransactions();
    private LeaderEpochs epochs = new LeaderEpochs(List.of());
    private VoterHistory voters = new VoterHistory(List.of());
    private long snapshotOffset;

    /** Producers know of everything before; a segment that is read twice tells them once. */
    private long producersFrom;

    /**
     * Reads the files of epochs and voters.
     *
     * @param repaired takes what was not good, for the operator's log
     */
    RebuiltHistory(FileSystem files, Path directory, List<String> repaired) throws IOException {
        this.files = files;
        this.directory = directory;
        this.repaired = repaired;
        this.savedEpochs = readEpochs();
        this.savedVoters = readVoters();
    }

    private List<LeaderEpochs.Entry> readEpochs() throws IOException {
        try {
            LeaderEpochs read = LeaderEpochs.decode(WholeFile.read(files, directory.resolve(LeaderEpochs.FILE)));
            if (read != null) {
                return read.entries();
            }
            repaired.add("leader epochs rebuilt");
        } catch (NoSuchFileException absent) {
            // Rebuilt from the batches.
        }
        return List.of();
    }

    /** Null if the file is damaged; empty if there is none, because the log never had a voters record. */
    private @Nullable List<VotersAt> readVoters() throws IOException {
        try {
            VotersCheckpoint read =
                    VotersCheckpoint.decode(WholeFile.read(files, directory.resolve(VotersCheckpoint.FILE)));
            if (read != null) {
                return read.entries();
            }
            repaired.add("voters rebuilt, as far as their records are still there");
            return null;
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }

    /** Whether a file is missing or damaged, so that all batches must be read. */
    boolean needsAllBatches() {
        return savedEpochs.isEmpty() || savedVoters == null;
    }

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

    /** The offset of the producer snapshot that was used; where the log begins if none was. */
    long snapshotOffset() {
        return snapshotOffset;
    }

    /** Begins, or begins again, with what the files say of epochs and voters before {@code offset}. */
    void begin(long offset) {
        epochs = new LeaderEpochs(savedEpochs);
        voters = new VoterHistory(Objects.requireNonNullElse(savedVoters, List.of()));
        // The batches say it again, and a truncation that was cut short may have left what is no longer so.
        truncateEnd(offset);
    }

    /** Forgets epochs and voters of what turned out not to be there. */
    void truncateEnd(long offset) {
        epochs.truncateEnd(offset);
        voters.truncateEnd(offset);
    }

    /**
     * Takes the producers from a snapshot, or an older one if it is damaged, and the aborted transactions up to there.
     *
     * @param from offset of the newest one to be tried; null for none
     * @param first where the log begins
     */
    void load(NavigableMap<Long, Path> snapshots, @Nullable Long from, long first, List<Segment> segments)
            throws IOException {
        loadSnapshot(snapshots, from, first);
        boolean abortedMissing = !readAborted(segments);
        if (abortedMissing && snapshotOffset > first) {
            repaired.add("transaction index rebuilt");
            forgetSnapshot(first);
        }
        producersFrom = snapshotOffset;
    }

    private void loadSnapshot(NavigableMap<Long, Path> snapshots, @Nullable Long from, long first) throws IOException {
        Long offset = from;
        while (offset != null) {
            ProducerStates read = ProducerSnapshotCodec.decode(
                    WholeFile.read(files, SegmentFiles.path(directory, offset, SegmentFiles.SNAPSHOT)));
            if (read != null) {
                producers = read;
                transactions.load(read);
                snapshotOffset = offset;
                return;
            }
            repaired.add("producer snapshot is damaged and was not used: offset=" + offset);
            offset = snapshots.lowerKey(offset);
        }
        forgetSnapshot(first);
    }

    private void forgetSnapshot(long first) {
        producers = new ProducerStates();
        transactions.clear();
        snapshotOffset = first;
    }

    /** Loads the aborted transactions that are known up to the snapshot; false if a file is missing or damaged. */
    private boolean readAborted(List<Segment> segments) throws IOException {
        boolean all = true;
        for (Segment segment : segments) {
            if (segment.baseOffset() >= snapshotOffset) {
                segment.aborted(List.of());
                continue;
            }
            List<AbortedTxn> read = null;
            try {
                read = AbortedTxnCodec.decode(
                        WholeFile.read(
                                files, SegmentFiles.path(directory, segment.baseOffset(), SegmentFiles.TXN_INDEX)),
                        segment.baseOffset(),
                        Long.MAX_VALUE);
            } catch (NoSuchFileException absent) {
                // Told by null.
            }
            if (read == null) {
                all = false;
                continue;
            }
            List<AbortedTxn> known = new ArrayList<>(read);
            known.removeIf(txn -> txn.lastOffset() >= snapshotOffset);
            segment.aborted(known);
        }
        if (!all) {
            for (Segment segment : segments) {
                segment.aborted(List.of());
            }
        }
        return all;
    }

    /** Notes what a batch of {@code segment} says, in the order of the log. */
    void onBatch(Segment segment, ByteBuffer buffer, int at) {
        epochs.onBatch(BatchHeader.leaderEpoch(buffer, at), BatchHeader.baseOffset(buffer, at));
        noteVoters(buffer, at);
        if (BatchHeader.lastOffset(buffer, at) >= producersFrom
                && BatchHeader.producerId(buffer, at) > BatchHeader.NO_PRODUCER_ID) {
            TransactionMarker marker = BatchHeader.isControl(buffer, at) ? marker(buffer, at) : null;
            if (marker != null || !BatchHeader.isControl(buffer, at)) {
                noteProducer(segment, buffer, at, marker);
            }
        }
        producersFrom = Math.max(producersFrom, BatchHeader.lastOffset(buffer, at) + 1);
    }

    private void noteProducer(Segment segment, ByteBuffer buffer, int at, @Nullable TransactionMarker marker) {
        producers.update(buffer, at, marker);
        if (BatchHeader.isTransactional(buffer, at)) {
            AbortedTxn aborted = transactions.onBatch(buffer, at, marker);
            if (aborted != null) {
                segment.addAborted(aborted);
            }
        }
    }

    private void noteVoters(ByteBuffer buffer, int at) {
        try {
            SortedSet<Integer> ids = ControlRecords.readVoters(buffer, at);
            if (ids != null) {
                voters.onVoters(BatchHeader.baseOffset(buffer, at), ids);
            }
        } catch (ThalwegException damaged) {
            // As with a marker: before the recovery point the file knows better.
            repaired.add("voters record is not readable: offset=" + BatchHeader.baseOffset(buffer, at));
        }
    }

    private static @Nullable TransactionMarker marker(ByteBuffer buffer, int at) {
        try {
            return TransactionMarker.read(buffer, at);
        } catch (ThalwegException damaged) {
            // Before the recovery point checksums are not verified; a reader's check finds it.
            return null;
        }
    }
}
