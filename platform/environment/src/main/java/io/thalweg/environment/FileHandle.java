package io.thalweg.environment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * An open file, addressed by position. All methods block. Reads may come from many threads at once; writes are the
 * business of one owner at a time.
 */
public interface FileHandle extends Closeable {

    /**
     * Reads into {@code target} from {@code position} until it is full or the file ends.
     *
     * @return bytes read, 0 at or beyond the end of the file
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes all of {@code source} at {@code position}, extending the file as needed. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Writes all of {@code sources}, one after the other, at {@code position}, in as few system calls as possible. */
    void write(ByteBuffer[] sources, long position) throws IOException;

    /** Reserves space and extends the file with zeros to {@code size} if it is shorter. */
    void preallocate(long size) throws IOException;

    /** Cuts the file to {@code size} if it is longer. */
    void truncate(long size) throws IOException;

    long size() throws IOException;

    /**
     * Makes all that was written durable. After a failure what was written since the last success may be lost and a
     * later success does not bring it back: treat the file as failed.
     *
     * @param metadata also make times and the like durable; the size is durable either way
     */
    void force(boolean metadata) throws IOException;

    /** The channel for zero-copy transfer to a socket, if this file is a real one. Do not write through it. */
    Optional<FileChannel> channel();
}
