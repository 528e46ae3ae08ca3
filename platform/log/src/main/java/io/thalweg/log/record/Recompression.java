package io.thalweg.log.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/** Changes the codec of a batch whose topic prescribes one (compression.type). Costs far more than an append. */
final class Recompression {

    private Recompression() {}

    /** The same batch in another codec, in new memory, with the right length and checksum. */
    static ByteBuffer recompress(ByteBuffer batch, CompressionCodec from, CompressionCodec to, int inflatedBytesMax) {
        ByteBuffer records = from == CompressionCodec.NONE
                ? batch.slice(BatchHeader.BYTES, batch.limit() - BatchHeader.BYTES)
                : RecordReader.inflate(from, batch, BatchHeader.BYTES, batch.limit(), inflatedBytesMax);
        ByteBuffer result = compress(records, to);
        result.put(0, batch, 0, BatchHeader.BYTES);
        int attributes = BatchHeader.attributes(batch, 0) & ~BatchHeader.CODEC_MASK;
        result.putShort(BatchHeader.ATTRIBUTES, (short) (attributes | to.id()));
        result.putInt(BatchHeader.LENGTH, result.limit() - BatchHeader.LOG_OVERHEAD);
        result.putInt(BatchHeader.CRC, BatchHeader.checksum(result, 0, result.limit()));
        return result;
    }

    /** {@code records} compressed, behind {@link BatchHeader#BYTES} bytes left free for the header. */
    static ByteBuffer compress(ByteBuffer records, CompressionCodec codec) {
        ByteBufferOutputStream output = new ByteBufferOutputStream(BatchHeader.BYTES + records.remaining() / 2 + 64);
        output.position(BatchHeader.BYTES);
        byte[] chunk = new byte[Math.min(records.remaining(), 16 << 10)];
        ByteBuffer source = records.duplicate();
        try (OutputStream deflating = codec.compression().wrapForOutput(output, BatchHeader.CURRENT_MAGIC)) {
            while (source.hasRemaining()) {
                int count = Math.min(chunk.length, source.remaining());
                source.get(chunk, 0, count);
                deflating.write(chunk, 0, count);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
        return output.buffer().flip().slice();
    }
}
