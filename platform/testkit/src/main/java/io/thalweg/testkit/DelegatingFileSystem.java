package io.thalweg.testkit;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Another file system, for tests that change a little of what it does. As safe for threads as that one. */
public abstract class DelegatingFileSystem implements FileSystem {

    private final FileSystem files;

    protected DelegatingFileSystem(FileSystem files) {
        this.files = files;
    }

    /** What stands between a test and a file that is opened for writing. */
    protected abstract FileHandle writable(FileHandle file, Path path);

    @Override
    public FileHandle openForRead(Path file) throws IOException {
        return files.openForRead(file);
    }

    @Override
    public final FileHandle openForWrite(Path file) throws IOException {
        return writable(files.openForWrite(file), file);
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
}
