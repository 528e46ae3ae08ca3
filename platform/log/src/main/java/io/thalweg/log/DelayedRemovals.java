package io.thalweg.log;

import io.thalweg.log.file.PooledFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Files that are out of sight and go once nobody can be reading them any more. Anyone adds, one at a time removes. */
final class DelayedRemovals {

    private record Removal(
            Path path, long dueNanos, @Nullable PooledFile file) {}

    private final DirectoryFiles directory;
    private final ConcurrentLinkedQueue<Removal> waiting = new ConcurrentLinkedQueue<>();

    DelayedRemovals(DirectoryFiles directory) {
        this.directory = directory;
    }

    /** @param file closed before it is removed */
    void add(Path path, long dueNanos, @Nullable PooledFile file) {
        waiting.add(new Removal(path, dueNanos, file));
    }

    /** Removes what is due. Blocks. */
    void removeDue(long nowNanos) throws IOException {
        int count = waiting.size();
        for (int i = 0; i < count; i++) {
            Removal removal = waiting.poll();
            if (removal == null) {
                return;
            }
            if (nowNanos - removal.dueNanos < 0) {
                waiting.add(removal);
                continue;
            }
            PooledFile file = removal.file;
            if (file != null) {
                file.close();
            }
            directory.removeTree(removal.path);
        }
    }
}
