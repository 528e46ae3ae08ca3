package io.thalweg.replication.simulation;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files on a disk that is never asked to flush their content; names are kept. */
final class UnflushedFileSystem implements FileSystem {

    private final FileSystem files;

    UnflushedFileSystem(FileSystem files) {
        this.files = files;
    }

    @Override
    public FileHandle openForRead(Path file) throws IOException {
        return files.openForRead(file);
    }

    @Override
    public FileHandle openForWrite(Path file) throws IOException {
        return new Unflushed(files.openForWrite(file));
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return files.exists(path);
    }

    @Override
    public long size(Path file) throws IOException {
        return files.size(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return files.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        files.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        try (FileHandle begun = files.openForWrite(source)) {
            // The first group alone is kept, so that there is a file to read.
            begun.force(true);
        }
        files.rename(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        files.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        files.syncDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return files.usableBytes(path);
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        return files.lock(file);
    }

    private record Unflushed(FileHandle file) implements FileHandle {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            file.write(sources, position);
        }

        @Override
        public void preallocate(long size) throws IOException {
            file.preallocate(size);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void force(boolean metadata) {
            // Left out.
        }

        @Override
        public Optional<FileChannel> channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
