package io.thalweg.connectors.file.read;

import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.vertx.core.json.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one file name on from a position, through every file that bears the name in turn. Confined; blocks on the disk. */
final class FileCursor implements Closeable {

    private static final Logger LOGGER = LoggerFactory.getLogger(FileCursor.class);
    private static final long SKIP_LOG_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int NEWLINE_BYTES = 2;

    private final String name;
    private final Supplier<Path> resolve;
    private final JsonObject partition;
    private final FileSourceConfig config;
    private final ChunkBuffer buffer;
    private final Rotation rotation;
    private final RecordSplitter splitter;
    private final RecordFormat format;
    private final boolean gzip;

    /** After the last record that was handed out. Null until the file was opened, if none is stored. */
    private @Nullable FilePosition position;

    private @Nullable ByteInput input;

    /** Newlines before {@code buffer.from}. */
    private long line;

    /** In the middle of a record that is too long and is skipped. */
    private boolean discarding;

    /** Nothing more will come. */
    private boolean done;

    /** The end was reached; look at the file before reading on. */
    private boolean atEnd;

    /**
     * A file is read from its start, and nobody was told yet. Told alone, so that it is known which file this was before a record
     * of it is in the log: after a crash another may have the name, and would be taken for it.
     */
    private boolean begun;

    private long quietSinceNanos;
    private @Nullable MalformedRecordException failure;
    private long skipped;
    private long skipLoggedNanos = System.nanoTime() - SKIP_LOG_NANOS;

    /**
     * @param name as the configuration has it
     * @param resolve the real path that the name stands for now; throws if it is not allowed
     * @param position stored; null for none
     */
    FileCursor(
            String name,
            Supplier<Path> resolve,
            FileSourceConfig config,
            ChunkBuffer buffer,
            Rotation rotation,
            @Nullable FilePosition position) {
        this.name = name;
        this.resolve = resolve;
        this.partition = partition(name);
        this.config = config;
        this.buffer = buffer;
        this.rotation = rotation;
        this.position = position;
        this.splitter = RecordSplitter.of(config);
        this.format = RecordFormat.of(config);
        this.gzip = config.compression().gzip(name);
    }

    /** The key that the position of a file is stored under; Kafka Connect's FileStreamSource uses the same. */
    static JsonObject partition(String name) {
        return new JsonObject().put("filename", name);
    }

    boolean done() {
        return done;
    }

    /** Without its directory. */
    String fileName() {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /**
     * The next records; null if there are none now. The first batch of each file has none, only the place where they begin.
     *
     * @throws MalformedRecordException when the next record is malformed and is not to be skipped
     */
    @Nullable
    SourceBatch read(int recordsMax, int bytesMax) throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (done || (input == null && !openAtPosition())) {
            return null;
        }
        if (atEnd && !lookAgain()) {
            return null;
        }
        if (!buffer.ownedBy(this)) {
            rewind();
        }
        List<SourceRecord> records = new ArrayList<>();
        while (!done) {
            if (begun) {
                begun = false;
                return batch(List.of());
            }
            take(records, recordsMax, bytesMax);
            if (!records.isEmpty()) {
                return batch(records);
            }
            if (buffer.fill(input()) > 0) {
                quietSinceNanos = System.nanoTime();
            } else if (!onEnd(records)) {
                return null;
            }
        }
        return records.isEmpty() ? null : batch(records);
    }

    private SourceBatch batch(List<SourceRecord> records) throws IOException {
        FilePosition now = Objects.requireNonNull(position);
        if (now.fingerprint().length() < Fingerprint.BYTES_MAX) {
            now = now.withFingerprint(Fingerprint.of(input()));
            position = now;
        }
        return new SourceBatch(partition, now.toJson(), records);
    }

    /** Records from the bytes at hand, within the credit. */
    private void take(List<SourceRecord> records, int recordsMax, int bytesMax) {
        long bytes = 0;
        while (records.size() < recordsMax && (bytes < bytesMax || records.isEmpty()) && failure == null) {
            int end;
            try {
                end = splitter.end(buffer.bytes, buffer.from, buffer.to);
            } catch (MalformedRecordException e) {
                fail(e, records);
                return;
            }
            if (end < 0) {
                onUnfinished(records);
                return;
            }
            bytes += end - buffer.from;
            onFound(end, records);
        }
    }

    private void onUnfinished(List<SourceRecord> records) {
        if (!discarding && buffer.length() > config.recordBytesMax() + NEWLINE_BYTES) {
            malformed(tooLong(), records);
            discarding = true;
        }
        if (discarding) {
            splitter.dropSeen();
            buffer.from = buffer.to;
        }
    }

    private MalformedRecordException tooLong() {
        return new MalformedRecordException("record is longer than max.record.bytes=" + config.recordBytesMax());
    }

    /** What was found reaches to {@code end}: a record, or something between records. */
    private void onFound(int end, List<SourceRecord> records) {
        int from = buffer.from + splitter.contentFrom;
        int to = buffer.from + splitter.contentTo;
        boolean isRecord = splitter.isRecord && !discarding;
        try {
            if (isRecord && to - from > config.recordBytesMax()) {
                throw tooLong();
            }
            if (isRecord && format.wantsHeader()) {
                format.header(buffer.bytes, from, to);
                isRecord = false;
            }
            SourceRecord record = isRecord ? format.record(buffer.bytes, from, to) : null;
            advance(end);
            if (record != null) {
                records.add(record);
                position = new FilePosition(offset(), line, now().fingerprint(), now().inode());
            }
        } catch (MalformedRecordException e) {
            if (format.wantsHeader()) {
                fail(e, records);
            } else {
                malformed(e, records);
                advance(end);
            }
        }
        discarding = false;
    }

    private void advance(int end) {
        buffer.from = end;
        line += splitter.newlines;
    }

    /** The place of {@code buffer.from} in the file. */
    private long offset() {
        return input().position() - buffer.length();
    }

    private void malformed(MalformedRecordException what, List<SourceRecord> records) {
        if (!config.skipMalformed()) {
            fail(what, records);
            return;
        }
        skipped++;
        long now = System.nanoTime();
        if (now - skipLoggedNanos >= SKIP_LOG_NANOS) {
            skipLoggedNanos = now;
            LOGGER.atWarn()
                    .addKeyValue("file", name)
                    .addKeyValue("line", line + 1)
                    .addKeyValue("skipped", skipped)
                    .addKeyValue("error", what.getMessage())
                    .log("malformed record skipped");
        }
    }

    /** Records before it go out first. */
    private void fail(MalformedRecordException what, List<SourceRecord> records) {
        failure = what.at(name, line + 1, offset());
        if (records.isEmpty()) {
            throw failure;
        }
    }

    /** At the end of the open file, as it is now. True if there may be more to take: its last record, or another file. */
    private boolean onEnd(List<SourceRecord> records) throws IOException {
        if (gzip || !config.follow()) {
            finish(records);
            if (!records.isEmpty()) {
                return true;
            }
            done = true;
            LOGGER.atInfo()
                    .addKeyValue("file", name)
                    .addKeyValue("position", offset())
                    .log("file was read to its end");
            closeInput();
            return true;
        }
        Path current = resolve.get();
        String inode = Rotation.inode(current);
        boolean renamed = inode != null && !inode.equals(now().inode());
        boolean quiet = System.nanoTime() - quietSinceNanos >= TimeUnit.MILLISECONDS.toNanos(config.rotateWaitMillis());
        if (!renamed || !quiet) {
            atEnd = true;
            return false;
        }
        if (buffer.length() > 0) {
            finish(records);
            return true;
        }
        Path next = rotation.after(current, now().inode(), now().fingerprint());
        LOGGER.atInfo()
                .addKeyValue("file", name)
                .addKeyValue("position", offset())
                .addKeyValue("next", next == null ? name : next.getFileName())
                .log("file was rotated");
        closeInput();
        return begin(next == null ? current : next);
    }

    /** What is left without a terminator. */
    private void finish(List<SourceRecord> records) {
        if (buffer.length() == 0 && config.format() != FileSourceConfig.Format.JSON_ARRAY) {
            return;
        }
        try {
            splitter.finish(buffer.bytes, buffer.from, buffer.to);
        } catch (MalformedRecordException e) {
            fail(e, records);
            return;
        }
        onFound(buffer.to, records);
        if (!records.isEmpty()) {
            // Its terminator may still be written, and must not be taken for a blank line.
            splitter.reset(false);
        }
    }

    /** Whether there is anything to do for a file whose end was reached. */
    private boolean lookAgain() throws IOException {
        ByteInput open = input();
        long size = open.size();
        boolean same = size >= open.position() && now().fingerprint().matches(open);
        if (!same) {
            LOGGER.atWarn()
                    .addKeyValue("file", name)
                    .addKeyValue("position", now().offset())
                    .addKeyValue("bytes", size)
                    .log("file was truncated");
            closeInput();
            atEnd = false;
            return openAtPosition();
        }
        if (size > open.position()) {
            atEnd = false;
            return true;
        }
        // Read on only if a successor is there.
        String inode = Rotation.inode(resolve.get());
        return inode != null && !inode.equals(now().inode());
    }

    /** Opens the file that the position is in, or the one that has the name now. */
    private boolean openAtPosition() throws IOException {
        Path current = resolve.get();
        FilePosition stored = position;
        if (stored == null) {
            return begin(current);
        }
        Opened opened = tryOpen(current);
        boolean used = false;
        try {
            if (opened != null && isIn(stored, opened, current)) {
                use(opened, new FilePosition(stored.offset(), stored.line(), stored.fingerprint(), opened.inode));
                used = true;
                return true;
            }
            Rotation.Sibling renamed = config.follow() && !gzip ? rotation.of(current, stored) : null;
            if (renamed != null) {
                Opened sibling = tryOpen(renamed.path());
                if (sibling == null) {
                    return false;
                }
                use(sibling, new FilePosition(stored.offset(), stored.line(), stored.fingerprint(), sibling.inode));
                return true;
            }
            if (opened == null) {
                return false;
            }
            LOGGER.atWarn()
                    .addKeyValue("file", name)
                    .addKeyValue("position", stored.offset())
                    .log("file is another than the stored position was in; reading it from its start");
            use(opened, FilePosition.start(Fingerprint.of(opened.input), opened.inode));
            used = true;
            begun = true;
            return true;
        } finally {
            if (opened != null && !used) {
                opened.input.close(); // also where a look at the other files fails, which is tried again and again
            }
        }
    }

    /** Whether this is the file that the position was stored for. */
    private boolean isIn(FilePosition stored, Opened opened, Path current) throws IOException {
        boolean longEnough = gzip || opened.input.size() >= stored.offset();
        if (!longEnough || !stored.fingerprint().matches(opened.input)) {
            return false;
        }
        if (stored.inode().isEmpty() || stored.inode().equals(opened.inode) || !config.follow() || gzip) {
            return true;
        }
        Rotation.Sibling renamed = rotation.of(current, stored);
        return renamed == null || !renamed.inode().equals(stored.inode());
    }

    private boolean begin(Path real) throws IOException {
        Opened opened = tryOpen(real);
        if (opened == null) {
            return false;
        }
        use(opened, FilePosition.start(Fingerprint.NONE, opened.inode));
        position = now().withFingerprint(Fingerprint.of(opened.input));
        begun = true;
        rewind();
        return true;
    }

    private void use(Opened opened, FilePosition at) {
        input = opened.input;
        position = at;
        atEnd = false;
        quietSinceNanos = System.nanoTime();
        format.newFile();
        if (buffer.ownedBy(this)) {
            buffer.release();
        }
    }

    /** An open file, and which it is. */
    private record Opened(ByteInput input, String inode) {}

    /** Null if there is none, or if it was replaced just now. */
    private @Nullable Opened tryOpen(Path real) throws IOException {
        String before = Rotation.inode(real);
        if (before == null) {
            return null;
        }
        ByteInput opened;
        try {
            opened = ByteInput.open(real, gzip);
        } catch (NoSuchFileException e) {
            return null;
        }
        boolean same = false;
        try {
            same = before.equals(Rotation.inode(real));
            return same ? new Opened(opened, before) : null;
        } finally {
            if (!same) {
                opened.close();
            }
        }
    }

    /** Takes the buffer and reads on from the position; reads the header row before, if the format needs it. */
    private void rewind() throws IOException {
        FilePosition at = now();
        discarding = false;
        buffer.claim(this);
        splitter.reset(true);
        line = 0;
        input().seek(0);
        skipByteOrderMark();
        if (at.offset() == 0) {
            return;
        }
        List<SourceRecord> none = new ArrayList<>();
        while (format.wantsHeader() && (buffer.length() > 0 || buffer.fill(input()) > 0)) {
            int end = splitter.end(buffer.bytes, buffer.from, buffer.to);
            if (end >= 0) {
                onFound(end, none);
            } else if (buffer.length() > config.recordBytesMax() + NEWLINE_BYTES) {
                throw tooLong().at(name, 1, 0);
            } else if (buffer.fill(input()) < 0) {
                break;
            }
        }
        buffer.claim(this);
        splitter.reset(false);
        line = at.line();
        input().seek(at.offset());
    }

    private void skipByteOrderMark() throws IOException {
        byte[] head = gzip ? new byte[0] : input().head(3);
        if (head.length == 3 && head[0] == (byte) 0xEF && head[1] == (byte) 0xBB && head[2] == (byte) 0xBF) {
            input().seek(3);
        }
    }

    private FilePosition now() {
        return Objects.requireNonNull(position, "no file is open");
    }

    private ByteInput input() {
        return Objects.requireNonNull(input, "no file is open");
    }

    private void closeInput() throws IOException {
        ByteInput open = input;
        input = null;
        if (buffer.ownedBy(this)) {
            buffer.release();
        }
        if (open != null) {
            open.close();
        }
    }

    /** Closes the file; the next read opens it again where it stood. */
    @Override
    public void close() throws IOException {
        atEnd = false;
        closeInput();
    }
}
