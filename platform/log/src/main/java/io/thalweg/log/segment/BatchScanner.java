package io.thalweg.log.segment;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.record.BatchHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks the batches of a segment file, reading no more of it than asked for: headers alone, or whole batches with their
 * checksums.
 */
public final class BatchScanner {

    private static final int WINDOW_BYTES = 128 << 10;

    /** Beyond this a length field is damage. */
    private static final int BATCH_BYTES_MAX = 512 << 20;

    /** What happens to each batch. */
    public interface Visitor {

        /**
         * @param buffer holds the batch's header at {@code at}, and all of it if bodies are read or it is a control batch
         * @param position of the batch in the file
         * @return false to stop before this batch
         */
        boolean onBatch(ByteBuffer buffer, int at, int size, int position) throws IOException;
    }

    /** What the header of a sound batch says. */
    public record Header(long base, int lastOffsetDelta, int size) {

        public long last() {
            return base + lastOffsetDelta;
        }
    }

    private final FileHandle file;
    private final int end;

    private ByteBuffer window;
    private int windowAt;

    /** @param end read nothing from this position on */
    public BatchScanner(FileHandle file, int end) {
        this(file, end, WINDOW_BYTES);
    }

    /** @param windowBytes read at a time */
    public BatchScanner(FileHandle file, int end, int windowBytes) {
        this.file = file;
        this.end = end;
        // Never more than there is to read: of ten thousand logs most are small.
        this.window = ByteBuffer.allocate(Math.min(windowBytes, Math.max(end, BatchHeader.BYTES)))
                .limit(0);
    }

    /**
     * Visits batches from {@code from}, which is the beginning of one, as long as they are sound and their offsets are
     * at least {@code nextOffset} and increase.
     *
     * @param verifyFrom checksums are verified of batches that reach this offset
     * @return the position of the first byte that was not visited: the end, where the visitor stopped, or damage
     */
    public int scan(int from, long nextOffset, long verifyFrom, Visitor visitor) throws IOException {
        int position = from;
        long expected = nextOffset;
        while (end - position >= BatchHeader.BYTES) {
            int at = load(position, BatchHeader.BYTES);
            if (at < 0 || !plausible(window, at, position, expected)) {
                return position;
            }
            int size = BatchHeader.sizeInBytes(window, at);
            boolean verify = BatchHeader.lastOffset(window, at) >= verifyFrom;
            if (verify || BatchHeader.isControl(window, at)) {
                at = load(position, size);
                if (at < 0 || (verify && !BatchHeader.checksumMatches(window, at, size))) {
                    return position;
                }
            }
            long lastOffset = BatchHeader.lastOffset(window, at);
            if (!visitor.onBatch(window, at, size, position)) {
                return position;
            }
            expected = lastOffset + 1;
            position += size;
        }
        return position;
    }

    /**
     * Finds the next sound batch at or after {@code from} whose offsets are beyond {@code nextOffset}; checksums decide.
     *
     * @return its position, -1 if there is none
     */
    public int find(int from, long nextOffset) throws IOException {
        for (int position = from; end - position >= BatchHeader.BYTES; position++) {
            int at = load(position, BatchHeader.BYTES);
            if (at < 0) {
                return -1;
            }
            if (plausible(window, at, position, nextOffset)) {
                int size = BatchHeader.sizeInBytes(window, at);
                at = load(position, size);
                if (at >= 0 && BatchHeader.checksumMatches(window, at, size)) {
                    return position;
                }
            }
        }
        return -1;
    }

    /** The batch that begins at {@code position}, whatever its offsets are; null if none begins there whose checksum is right. */
    public @Nullable Header soundAt(int position) throws IOException {
        if (end - position < BatchHeader.BYTES) {
            return null;
        }
        int at = load(position, BatchHeader.BYTES);
        if (at < 0 || !plausible(window, at, position, Long.MIN_VALUE)) {
            return null;
        }
        int size = BatchHeader.sizeInBytes(window, at);
        at = load(position, size);
        if (at < 0 || !BatchHeader.checksumMatches(window, at, size)) {
            return null;
        }
        return new Header(BatchHeader.baseOffset(window, at), BatchHeader.lastOffsetDelta(window, at), size);
    }

    private boolean plausible(ByteBuffer buffer, int at, int position, long nextOffset) {
        int size = BatchHeader.sizeInBytes(buffer, at);
        int lastOffsetDelta = BatchHeader.lastOffsetDelta(buffer, at);
        return buffer.get(at + BatchHeader.MAGIC) == BatchHeader.CURRENT_MAGIC
                && size >= BatchHeader.BYTES
                && size <= BATCH_BYTES_MAX
                && size <= end - position
                && lastOffsetDelta >= 0
                && BatchHeader.recordCount(buffer, at) >= 0
                && BatchHeader.baseOffset(buffer, at) >= nextOffset;
    }

    /** Makes {@code bytes} from {@code position} on readable; the index of the first one, -1 if the file is shorter. */
    private int load(int position, int bytes) throws IOException {
        if (position >= windowAt && position + bytes <= windowAt + window.limit()) {
            return position - windowAt;
        }
        if (bytes > window.capacity()) {
            window = ByteBuffer.allocate(Math.max(bytes, Math.min(end - position, 2 * bytes)));
        }
        window.clear().limit(Math.min(window.capacity(), end - position));
        int read = file.read(window, position);
        window.flip();
        windowAt = position;
        return read >= bytes ? 0 : -1;
    }
}
