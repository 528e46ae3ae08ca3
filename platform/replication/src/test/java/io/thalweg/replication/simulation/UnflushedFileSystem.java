package io.thalweg.replication.simulation;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.testkit.DelegatingFileHandle;
import io.thalweg.testkit.DelegatingFileSystem;
import java.io.IOException;
import java.nio.file.Path;

/** Files on a disk that is never asked to flush their content; names are kept. */
final class UnflushedFileSystem extends DelegatingFileSystem {

    private final FileSystem files;

    UnflushedFileSystem(FileSystem files) {
        super(files);
        this.files = files;
    }

    @Override
    protected FileHandle writable(FileHandle file, Path path) {
        return new DelegatingFileHandle(file) {
            @Override
            public void force(boolean metadata) {
                // Left out.
            }
        };
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        try (FileHandle begun = files.openForWrite(source)) {
            // The first group alone is kept, so that there is a file to read.
            begun.force(true);
        }
        super.rename(source, target);
    }
}
