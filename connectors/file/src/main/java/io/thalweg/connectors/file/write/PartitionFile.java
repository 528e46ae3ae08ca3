package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.TopicPartition;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of one topic-partition go: at most one file that is open, {@code topic-partition-firstOffset.ext} with
 * {@code .inprogress} until it is complete. Confined; blocks on the disk.
 *
 * <p>What may happen to it, each durable before the next begins: bytes are written; their flush; a state that counts them;
 * when the file is complete, a state that says so; the file's renaming. After a crash between any two, {@link #recover}
 * leaves exactly what the state counts.
 */
final class PartitionFile {

    private static final String IN_PROGRESS = ".inprogress";
    private static final int NAME_BYTES_MAX = 255;

    private final Disk disk;
    private final SinkStateStore states;
    private final FileSinkConfig config;
    private final String connector;
    private final Path directory;
    private final TopicPartition partition;

    private @Nullable FileChannel channel;

    /** Of the open file, without {@code .inprogress}. */
    private String file = "";

    /** Bytes of the open file; the next go here. */
    private long length;

    /** Records in the open file, those that are still in the buffer included. */
    private long records;

    private long begunMillis;

    /** Offset after the last record that was taken; -1 if that is not known. */
    private long nextOffset = -1;

    /** What {@link #nextOffset} was when the disk was looked at: where the log was asked to go on. */
    private long recoveredOffset = -1;

    private @Nullable PartitionLock lock;

    /** Something was taken that no state counts. */
    private boolean dirty;

    /** The open file's name may not be durable. */
    private boolean named;

    PartitionFile(
            Disk disk,
            SinkStateStore states,
            FileSinkConfig config,
            String connector,
            Path directory,
            TopicPartition partition) {
        this.disk = disk;
        this.states = states;
        this.config = config;
        this.connector = connector;
        this.directory = directory;
        this.partition = partition;
        if (name(0).length() + IN_PROGRESS.length() > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("topic's name is too long for the name of a file: topic="
                    + partition.topic() + " length=" + partition.topic().length() + " allowed="
                    + (NAME_BYTES_MAX
                            - IN_PROGRESS.length()
                            - name(0).length()
                            + partition.topic().length()));
        }
    }

    private String name(long firstOffset) {
        return String.format("%s-%020d%s", partition, firstOffset, config.extension());
    }

    private Path inProgress() {
        return directory.resolve(file + IN_PROGRESS);
    }

    /**
     * Takes the topic-partition's lock and brings the disk to what the state counts. Afterwards {@link #nextOffset} is the
     * offset to go on with, or -1. Whatever comes of it, it is to be closed.
     */
    void recover() throws IOException {
        ownState(); // refused for good before it is waited for
        lock = states.lock(partition);
        SinkState state = ownState();
        if (state == null) {
            deleteStrays("");
            return;
        }
        file = state.file();
        nextOffset = state.nextOffset();
        recoveredOffset = nextOffset;
        if (state.complete()) {
            if (!file.isEmpty() && Files.exists(inProgress())) {
                finishRename();
            }
        } else {
            continueWith(state);
        }
        deleteStrays(channel == null ? "" : file + IN_PROGRESS);
    }

    private @Nullable SinkState ownState() throws IOException {
        SinkState state = states.read(partition);
        if (state != null && !state.connector().equals(connector)) {
            throw new IllegalStateException("another connector writes this topic into the directory: directory="
                    + directory
                    + " topic=" + partition.topic() + " partition=" + partition.partition() + " connector="
                    + state.connector() + "; use a directory of its own, or delete "
                    + directory.resolve(".thalweg").resolve(partition + ".json") + " if that connector is gone");
        }
        return state;
    }

    private void continueWith(SinkState state) throws IOException {
        Path path = inProgress();
        long found = Files.exists(path) ? Files.size(path) : -1;
        if (found < state.length()) {
            throw new IllegalStateException("file is " + (found < 0 ? "gone" : "shorter than it was") + ": file=" + path
                    + " length=" + found + " expected=" + state.length() + "; put it back, or delete "
                    + directory.resolve(".thalweg").resolve(partition + ".json")
                    + " to go on where the connector's group stands");
        }
        FileChannel opened = disk.open(path);
        channel = opened;
        if (found > state.length()) {
            disk.truncate(opened, state.length());
            disk.force(opened);
        }
        length = state.length();
        records = state.records();
        begunMillis = state.begunMillis();
        if (!state.layout().equals(config.layout())) {
            complete(state.layout());
        }
    }

    /** Files that were begun after the last state: their records come again. */
    private void deleteStrays(String except) throws IOException {
        Pattern ours = Pattern.compile(
                Pattern.quote(partition + "-") + "[0-9]{20}\\.(ndjson|txt|csv)" + Pattern.quote(IN_PROGRESS));
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, path -> {
            String name = path.getFileName().toString();
            return !name.equals(except) && ours.matcher(name).matches();
        })) {
            for (Path path : paths) {
                disk.delete(path);
            }
        }
    }

    long nextOffset() {
        return nextOffset;
    }

    /**
     * Whether a record was taken already.
     *
     * @throws IllegalStateException if the log was asked to go on behind it: then it is another record than the one that was
     *     written, of a topic that was made anew or lost its end, and to pass it over would lose it
     */
    boolean wasTaken(long offset) {
        if (offset < recoveredOffset) {
            throw new IllegalStateException("the topic goes back behind what the files hold: topic=" + partition.topic()
                    + " partition=" + partition.partition() + " offset=" + offset + " expected=" + recoveredOffset
                    + " or more; it was made anew, or its log lost records. To begin anew with it, move the files of "
                    + partition + " away from " + directory + ", and with them "
                    + directory.resolve(".thalweg").resolve(partition + ".json"));
        }
        return offset < nextOffset;
    }

    boolean isOpen() {
        return channel != null;
    }

    /** Makes a file for records from this offset on, if none is open. Returns whether it did. */
    boolean begin(long firstOffset, long nowMillis) throws IOException {
        if (channel != null) {
            return false;
        }
        file = name(firstOffset);
        if (Files.exists(directory.resolve(file))) {
            throw new FileAlreadyExistsException(
                    directory.resolve(file).toString(),
                    null,
                    "was written before and is not overwritten; move it away");
        }
        channel = disk.create(inProgress());
        length = 0;
        records = 0;
        begunMillis = nowMillis;
        named = false;
        return true;
    }

    /** A record is in the buffer. */
    void taken(long offset) {
        records++;
        skipped(offset);
    }

    /** A record is dealt with, without bytes in the file. */
    void skipped(long offset) {
        nextOffset = offset + 1;
        dirty = true;
    }

    /** Writes the buffer at the end of the open file. If that fails, it can be tried again. */
    void write(OutputBuffer buffer) throws IOException {
        int count = buffer.length();
        disk.write(Objects.requireNonNull(channel), buffer.content(), length);
        length += count;
    }

    /** Whether the file is complete when {@code buffered} more bytes are in it. */
    boolean due(long buffered, long nowMillis) {
        if (channel == null || records == 0) {
            return false;
        }
        return length + buffered >= config.rollBytes()
                || (config.rollRecords() > 0 && records >= config.rollRecords())
                || (config.rollIntervalMillis() > 0 && nowMillis - begunMillis >= config.rollIntervalMillis());
    }

    boolean dirty() {
        return dirty;
    }

    /** First half of a flush: the bytes. */
    void forceBytes() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            disk.force(open);
        }
    }

    /** The open file's name is not known to be durable. */
    boolean unnamed() {
        return channel != null && !named;
    }

    /** Second half, when bytes and name are durable: the state that counts them. */
    void writeState() throws IOException {
        if (channel != null) {
            named = true;
            states.write(partition, state(false, config.layout()));
        } else if (nextOffset >= 0) {
            // Nothing but records without bytes since the last file was complete, or since ever.
            states.write(partition, state(true, config.layout()));
        }
        dirty = false;
    }

    private SinkState state(boolean complete, String layout) {
        return new SinkState(connector, file, layout, complete, length, records, nextOffset, begunMillis);
    }

    /** Ends the open file, all of whose bytes were written: durable and renamed when this returns. */
    void complete() throws IOException {
        complete(config.layout());
    }

    private void complete(String layout) throws IOException {
        FileChannel open = Objects.requireNonNull(channel);
        disk.force(open);
        if (!named) {
            disk.forceDirectory(directory);
            named = true;
        }
        states.write(partition, state(true, layout));
        states.force();
        dirty = false;
        channel = null;
        open.close();
        finishRename();
    }

    private void finishRename() throws IOException {
        Path complete = directory.resolve(file);
        if (Files.exists(complete)) {
            throw new FileAlreadyExistsException(
                    complete.toString(), null, "was written before and is not overwritten; move it away");
        }
        disk.replace(inProgress(), complete);
        disk.forceDirectory(directory);
    }

    void close() throws IOException {
        FileChannel open = channel;
        PartitionLock held = lock;
        channel = null;
        lock = null;
        try {
            if (open != null) {
                open.close();
            }
        } finally {
            if (held != null) {
                held.close();
            }
        }
    }
}
