package io.thalweg.log.record;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.RecordCursor.MalformedException;
import io.thalweg.log.record.RecordCursor.TooLargeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes the records of stored batches. */
public final class RecordReader {

    private static final int FIRST_INFLATED_BYTES = 16 << 10;

    private RecordReader() {}

    /**
     * Visits every record in {@code batches}, from its position to its limit, which stay. A batch that is cut at the end
     * is left out, as fetches may bring one.
     *
     * @return the bytes of the whole batches that were read; less than there are whole ones only if the visitor stopped
     * @throws ThalwegException CORRUPT_MESSAGE for a wrong length, magic or checksum; INVALID_RECORD for records that
     *     cannot be decoded; MESSAGE_TOO_LARGE for a batch that inflates beyond the limit. What came before was visited
     */
    public static int forEach(ByteBuffer batches, ReadLimits limits, RecordVisitor visitor) {
        ByteBuffer bytes = batches.slice();
        int at = 0;
        while (bytes.limit() - at >= BatchHeader.LOG_OVERHEAD) {
            int size = BatchHeader.sizeInBytes(bytes, at);
            if (size < BatchHeader.BYTES) {
                throw new ThalwegException(
                        ErrorCode.CORRUPT_MESSAGE,
                        "batch is not readable: position=" + at + " size=" + size + "; the least is "
                                + BatchHeader.BYTES);
            }
            if (size > bytes.limit() - at) {
                break;
            }
            if (!forEachOf(bytes, at, limits, visitor)) {
                return at;
            }
            at += size;
        }
        return at;
    }

    /**
     * Visits the records of the one batch that begins at index {@code at} and lies whole in {@code buffer}; fails as
     * {@link #forEach} does.
     *
     * @return false if the visitor stopped
     */
    public static boolean forEachOf(ByteBuffer buffer, int at, ReadLimits limits, RecordVisitor visitor) {
        BatchHeader header = BatchHeader.read(buffer, at);
        if (header.magic() != BatchHeader.CURRENT_MAGIC) {
            throw new ThalwegException(
                    ErrorCode.CORRUPT_MESSAGE,
                    "batch is not readable: offset=" + header.baseOffset() + " magic=" + header.magic()
                            + "; only 2 is");
        }
        if (limits.verifyChecksum() && !BatchHeader.checksumMatches(buffer, at, header.sizeInBytes())) {
            throw new ThalwegException(
                    ErrorCode.CORRUPT_MESSAGE, "batch has a wrong checksum: offset=" + header.baseOffset());
        }
        if (!visitor.onBatch(header)) {
            return true;
        }
        if (!header.codecKnown()) {
            throw new ThalwegException(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                    "batch has an unknown codec: offset=" + header.baseOffset() + " attributes=" + header.attributes());
        }
        try {
            return decode(header, records(header, buffer, at, limits), visitor);
        } catch (MalformedException malformed) {
            throw new ThalwegException(
                    ErrorCode.INVALID_RECORD,
                    "batch is not readable: offset=" + header.baseOffset() + ": " + malformed.getMessage());
        } catch (TooLargeException tooLarge) {
            throw new ThalwegException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "batch is not readable: offset=" + header.baseOffset() + ": " + tooLarge.getMessage());
        }
    }

    private static BufferCursor records(BatchHeader header, ByteBuffer buffer, int at, ReadLimits limits) {
        int begin = at + BatchHeader.BYTES;
        int end = at + header.sizeInBytes();
        if (header.codec() == CompressionCodec.NONE) {
            return new BufferCursor(buffer, begin, end);
        }
        ByteBuffer inflated = inflate(header.codec(), buffer, begin, end, limits.inflatedBytesMax());
        return new BufferCursor(inflated, 0, inflated.limit());
    }

    /** Inflates {@code [begin, end)} into memory that grows with what comes out, up to the limit. */
    static ByteBuffer inflate(CompressionCodec codec, ByteBuffer buffer, int begin, int end, int inflatedBytesMax) {
        byte[] inflated = new byte[Math.min(inflatedBytesMax, Math.max(FIRST_INFLATED_BYTES, 4 * (end - begin)))];
        int size = 0;
        InputStream stream = Inflation.ofThread().open(codec, buffer, begin, end, inflatedBytesMax);
        try {
            while (true) {
                if (size == inflatedBytesMax) {
                    if (stream.read() < 0) {
                        break;
                    }
                    throw new TooLargeException("the batch inflates beyond " + inflatedBytesMax + " bytes");
                }
                int read = stream.read(inflated, size, inflated.length - size);
                if (read <= 0) {
                    break;
                }
                size += read;
                if (size == inflated.length && size < inflatedBytesMax) {
                    inflated = Arrays.copyOf(inflated, (int) Math.min(inflatedBytesMax, 2L * size));
                }
            }
        } catch (IOException failure) {
            throw new MalformedException("the batch does not decompress: " + failure.getMessage());
        } catch (MalformedException | TooLargeException known) {
            throw known;
        } catch (RuntimeException failure) {
            // The decoders of the codecs throw what they like on damaged input.
            throw new MalformedException("the batch does not decompress: " + failure.getMessage());
        } finally {
            Inflation.close(stream);
        }
        return ByteBuffer.wrap(inflated, 0, size);
    }

    private static boolean decode(BatchHeader header, BufferCursor cursor, RecordVisitor visitor) {
        for (int index = 0; index < header.recordCount(); index++) {
            int length = cursor.readVarint();
            if (length < 0) {
                throw new MalformedException("a record has a negative length: index=" + index);
            }
            long begin = cursor.consumed();
            cursor.readByte(); // attributes: none are defined
            long timestamp = header.baseTimestamp() + cursor.readVarlong();
            long offset = header.baseOffset() + cursor.readVarint();
            DecodedRecord record = new DecodedRecord(
                    offset,
                    header.isLogAppendTime() ? header.maxTimestamp() : timestamp,
                    bytes(cursor),
                    bytes(cursor),
                    headers(cursor));
            if (cursor.consumed() - begin != length) {
                throw new MalformedException("a record's length is wrong: index=" + index + " length=" + length);
            }
            if (!visitor.onRecord(record)) {
                return false;
            }
        }
        if (!cursor.atEnd()) {
            throw new MalformedException("the batch holds more than its records: recordCount=" + header.recordCount());
        }
        return true;
    }

    private static @Nullable ByteBuffer bytes(BufferCursor cursor) {
        int length = cursor.readVarint();
        return length < 0 ? null : cursor.slice(length);
    }

    private static List<DecodedRecord.Header> headers(BufferCursor cursor) {
        int count = cursor.readVarint();
        if (count == 0) {
            return List.of();
        }
        if (count < 0) {
            throw new MalformedException("a record has a negative number of headers");
        }
        // The count is not trusted for an allocation: a header has at least two bytes, which are checked as they are
        // read.
        List<DecodedRecord.Header> headers = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            ByteBuffer key = bytes(cursor);
            if (key == null) {
                throw new MalformedException("a header has no key");
            }
            headers.add(new DecodedRecord.Header(key, bytes(cursor)));
        }
        return headers;
    }
}
