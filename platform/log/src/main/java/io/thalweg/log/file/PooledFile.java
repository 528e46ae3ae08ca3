package io.thalweg.log.file;

import io.thalweg.environment.FileHandle;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that {@link OpenFiles} opens when it is used and may close when it is not. */
public final class PooledFile {

    private final OpenFiles pool;
    private final boolean writable;

    // All guarded by this object's monitor.
    private Path path;
    private @Nullable FileHandle handle;
    private int users;

    PooledFile(OpenFiles pool, Path path, boolean writable) {
        this.pool = pool;
        this.path = path;
        this.writable = writable;
    }

    public synchronized Path path() {
        return path;
    }

    /** The open handle, which stays open until {@link #release()} is called as often as this. */
    public FileHandle acquire() throws IOException {
        FileHandle open;
        synchronized (this) {
            open = handle;
            if (open == null) {
                open = pool.open(path, writable);
                handle = open;
            }
            users++;
        }
        pool.used(this);
        return open;
    }

    public synchronized void release() {
        users--;
    }

    /** Renames the file; open handles go on. */
    public synchronized void rename(Path target) throws IOException {
        pool.fileSystem().rename(path, target);
        path = target;
    }

    /** Tells the file's new place after its directory was renamed. */
    public synchronized void moved(Path target) {
        path = target;
    }

    /** Closes the handle if nobody uses it; true if it is closed now. */
    synchronized boolean closeIfUnused() throws IOException {
        if (users > 0) {
            return false;
        }
        FileHandle open = handle;
        handle = null;
        if (open != null) {
            open.close();
        }
        return true;
    }

    /** Closes the file unless it is in use; then the pool closes it later, as the least recently used one. */
    public void close() throws IOException {
        pool.forget(this);
    }
}
