package io.thalweg.log.file;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps at most so many files open, closing those first that were not used for longest. Locks are taken in the order
 * pool, file; opening happens under the file's lock alone, so that a slow disk holds up nobody else.
 */
public final class OpenFiles implements AutoCloseable {

    private final FileSystem fileSystem;
    private final int openFilesMax;

    /** In order of use; guarded by itself. */
    private final Map<PooledFile, Boolean> used = new LinkedHashMap<>(64, 0.75f, true);

    public OpenFiles(FileSystem fileSystem, int openFilesMax) {
        this.fileSystem = fileSystem;
        this.openFilesMax = openFilesMax;
    }

    FileSystem fileSystem() {
        return fileSystem;
    }

    /** @param writable opens for writing and creates it if it is absent */
    public PooledFile file(Path path, boolean writable) {
        return new PooledFile(this, path, writable);
    }

    FileHandle open(Path path, boolean writable) throws IOException {
        return writable ? fileSystem.openForWrite(path) : fileSystem.openForRead(path);
    }

    void used(PooledFile file) throws IOException {
        synchronized (used) {
            boolean known = used.put(file, Boolean.TRUE) != null;
            if (known || used.size() <= openFilesMax) {
                return;
            }
            Iterator<PooledFile> oldestFirst = used.keySet().iterator();
            while (used.size() > openFilesMax && oldestFirst.hasNext()) {
                if (oldestFirst.next().closeIfUnused()) {
                    oldestFirst.remove();
                }
            }
        }
    }

    void forget(PooledFile file) throws IOException {
        synchronized (used) {
            if (file.closeIfUnused()) {
                used.remove(file);
            }
        }
    }

    /** Files open now. */
    public int count() {
        synchronized (used) {
            return used.size();
        }
    }

    /** Closes all files that nobody uses. */
    @Override
    public void close() throws IOException {
        List<IOException> failures = new ArrayList<>();
        synchronized (used) {
            for (PooledFile file : used.keySet()) {
                try {
                    file.closeIfUnused();
                } catch (IOException failure) {
                    failures.add(failure);
                }
            }
            used.clear();
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}
