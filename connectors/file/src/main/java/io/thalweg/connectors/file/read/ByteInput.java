package io.thalweg.connectors.file.read;

import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of one open file from some place on, decompressed if need be. Keeps reading a file that was renamed. */
final class ByteInput implements Closeable {

    private static final int GZIP_BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final boolean gzip;
    private @Nullable InputStream decompressed;

    /** Where the next read begins; in decompressed bytes. */
    private long position;

    private ByteInput(FileChannel channel, boolean gzip) {
        this.channel = channel;
        this.gzip = gzip;
    }

    /**
     * Opens a regular file.
     *
     * @param real without symbolic links, so that none is followed
     */
    static ByteInput open(Path real, boolean gzip) throws IOException {
        if (!Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isRegularFile()) {
            throw new IOException("not a regular file: file=" + real);
        }
        return new ByteInput(FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), gzip);
    }

    /** At most {@code length} bytes into {@code target}; -1 at the end, as it is now. */
    int read(byte[] target, int at, int length) throws IOException {
        int count;
        if (gzip) {
            count = stream().read(target, at, length);
        } else {
            count = channel.read(ByteBuffer.wrap(target, at, length), position);
        }
        position += Math.max(0, count);
        return count;
    }

    private InputStream stream() throws IOException {
        InputStream stream = decompressed;
        if (stream == null) {
            channel.position(0);
            stream = new GZIPInputStream(new ChannelBytes(channel), GZIP_BUFFER_BYTES);
            decompressed = stream;
        }
        return stream;
    }

    /** The next read begins here. */
    void seek(long to) throws IOException {
        if (gzip) {
            if (to < position) {
                endStream();
                position = 0;
            }
            try {
                stream().skipNBytes(to - position);
            } catch (EOFException e) {
                throw new IOException("compressed file is shorter than the stored position: position=" + to, e);
            }
        }
        position = to;
    }

    long position() {
        return position;
    }

    boolean compressed() {
        return gzip;
    }

    /** Bytes in the file now, as it lies on disk. */
    long size() throws IOException {
        return channel.size();
    }

    /** The first bytes of the file as it lies on disk, at most as many as the file has. */
    byte[] head(int bytesMax) throws IOException {
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(bytesMax, channel.size()));
        while (head.hasRemaining() && channel.read(head, head.position()) > 0) {
            // A read may bring less than was asked for.
        }
        return java.util.Arrays.copyOf(head.array(), head.position());
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            endStream();
        }
    }

    /** Gives back what the inflater holds outside of the heap. */
    private void endStream() throws IOException {
        InputStream stream = decompressed;
        decompressed = null;
        if (stream != null) {
            stream.close();
        }
    }

    /** The channel's bytes; the channel outlives whoever reads them. */
    private static final class ChannelBytes extends FilterInputStream {
        ChannelBytes(FileChannel channel) {
            super(Channels.newInputStream(channel));
        }

        @Override
        public void close() {
            // The owner closes the channel.
        }
    }
}
