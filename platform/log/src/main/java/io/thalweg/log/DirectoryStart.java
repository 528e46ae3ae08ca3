package io.thalweg.log;

import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import io.thalweg.log.journal.EntryKind;
import io.thalweg.log.journal.JournalReplay;
import io.thalweg.log.recovery.RestartPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a log directory from what the last process left to where appends may begin: replays the journal after a crash and
 * finishes what was announced. Runs once, before anybody else knows the directory; blocks.
 */
final class DirectoryStart {

    private static final Logger LOGGER = LoggerFactory.getLogger(DirectoryStart.class);

    private final LogHost host;
    private final LogDirectoryConfig config;
    private final DirectoryFiles directoryFiles;
    private final DirectoryLocks locks;
    private final LogHandles handles;
    private final LogChanges changes;
    private final LogCompactor compactor;
    private final CheckpointWriter checkpoints;
    private final DirectoryJournal journal;

    DirectoryStart(
            LogHost host,
            LogDirectoryConfig config,
            DirectoryFiles directoryFiles,
            DirectoryLocks locks,
            LogHandles handles,
            LogChanges changes,
            LogCompactor compactor,
            CheckpointWriter checkpoints,
            DirectoryJournal journal) {
        this.host = host;
        this.config = config;
        this.directoryFiles = directoryFiles;
        this.locks = locks;
        this.handles = handles;
        this.changes = changes;
        this.compactor = compactor;
        this.checkpoints = checkpoints;
        this.journal = journal;
    }

    void run(@Nullable DirectoryCheckpoint checkpoint) throws IOException {
        host.names().found(directoryFiles.stored());
        directoryFiles.removeHidden();
        host.compactedBefore(compactor.load());
        FileSystem files = host.files();
        files.createDirectories(directoryFiles.journal());
        List<Path> journalFiles;
        long nextSequence;
        List<PartitionLog> restarted;
        try (JournalReplay replay = JournalReplay.open(
                files, directoryFiles.journal(), checkpoint == null ? 1 : checkpoint.journalFloor(), !host.trusted())) {
            if (!host.trusted()) {
                host.replaying(replay);
                replay(replay);
                host.replaying(null);
            }
            restarted = finishRestarts();
            journalFiles = replay.filesInOrder();
            nextSequence = replay.lastSequence() + 1;
        }
        locks.reclaim().lock();
        try {
            // From here on the directory is in use, and what the journal held is durable elsewhere.
            checkpoints.write(false, nextSequence);
        } finally {
            locks.reclaim().unlock();
        }
        for (PartitionLog log : restarted) {
            log.cut.forgetAnnouncedRestart();
        }
        if (config.durability() == Durability.FSYNC) {
            journal.open(directoryFiles.journal(), config.journalBytes(), nextSequence, journalFiles);
        } else {
            // What is written without the journal would be undone by replaying an old one.
            for (Path file : journalFiles) {
                files.delete(file);
            }
            files.syncDirectory(directoryFiles.journal());
        }
        files.syncDirectory(host.root());
    }

    private void replay(JournalReplay replay) throws IOException {
        Set<PartitionLog> replayed = new LinkedHashSet<>();
        replay.forEach((id, kind, offset, bytes) -> {
            PartitionLog log = handles.log(id);
            apply(log, kind, offset, bytes);
            if (kind != EntryKind.DELETE) {
                replayed.add(log);
            }
        });
        for (String damage : replay.damage()) {
            LOGGER.atError().addKeyValue("error", damage).log("journal is damaged");
        }
        List<PartitionLog> left =
                replayed.stream().filter(log -> !log.isDeleted()).toList();
        for (PartitionLog log : left) {
            log.opening.checkLength();
        }
        SharedFlushes.flush(left, "journal was replayed", log -> log.flush.flush());
        if (replay.groupCount() > 0) {
            LOGGER.atInfo().log("journal replayed: groups={} logs={}", replay.groupCount(), replayed.size());
        }
    }

    private void apply(PartitionLog log, EntryKind kind, long offset, ByteBuffer bytes) throws IOException {
        switch (kind) {
            case APPEND -> log.opening.replay(offset, bytes);
            case START -> {
                log.open();
                log.startAt(offset);
            }
            case TRUNCATE -> {
                log.open();
                // Even if the files are cut already: whether that was durable is not known. It is, as all that is
                // replayed, when the start ends; until then the journal says it again.
                log.cut.cut(Math.min(offset, log.logEndOffset()));
                compactor.onTruncated(log.id(), offset);
            }
            case TRUNCATED, RESTARTED -> log.open();
            case RESTART -> {
                RestartPoint point = RestartPoint.decode(bytes);
                if (point == null) {
                    throw new IOException("journal entry is damaged: log=" + log.id() + " kind=" + kind);
                }
                log.cut.restart(point);
                compactor.onRestarted(log.id());
            }
            case DELETE -> changes.replayDeletion(log);
        }
    }

    /** Logs that were to begin anew without a journal when the process died. */
    private List<PartitionLog> finishRestarts() throws IOException {
        List<PartitionLog> restarted = new ArrayList<>();
        if (host.trusted()) {
            return restarted;
        }
        for (LogId id : Set.copyOf(host.names().stored())) {
            RestartPoint point = directoryFiles.announcedRestart(id);
            if (point != null) {
                PartitionLog log = handles.log(id);
                log.cut.restart(point);
                compactor.onRestarted(id);
                restarted.add(log);
            }
        }
        return restarted;
    }
}
