package io.thalweg.connectors.file.read;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that a followed file was renamed to: {@code app.log.1}, {@code app.log-20260101}, {@code app-2026-01-01.log}.
 * Known by inode and fingerprint, ordered by when they were last written.
 */
final class Rotation {

    private static final String NUMBERED = "[.\\-_][0-9][0-9.\\-_T:]*";

    private final int filesMax;
    private final Predicate<Path> readOnItsOwn;

    /** @param readOnItsOwn files of the directory that have a cursor of their own, and so succeed nobody */
    Rotation(int filesMax, Predicate<Path> readOnItsOwn) {
        this.filesMax = filesMax;
        this.readOnItsOwn = readOnItsOwn;
    }

    /** A renamed file. */
    record Sibling(Path path, String inode, FileTime modified, long bytes) {}

    /** Identifies the file at a path while it exists; null if there is none. */
    static @Nullable String inode(Path real) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Objects.toString(attributes.fileKey(), "");
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** The renamed file that the position is in. */
    @Nullable
    Sibling of(Path current, FilePosition position) throws IOException {
        Sibling alike = null;
        for (Sibling sibling : siblings(current)) {
            boolean longEnough = sibling.bytes >= position.offset();
            if (longEnough && matches(sibling, position.fingerprint())) {
                if (sibling.inode.equals(position.inode())) {
                    return sibling;
                }
                if (position.fingerprint().length() >= 16) {
                    alike = sibling;
                }
            }
        }
        return alike;
    }

    /** What was written after the file with this inode, and before the one that has the name now; null if nothing was. */
    @Nullable
    Path after(Path current, String inode, Fingerprint fingerprint) throws IOException {
        List<Sibling> siblings = siblings(current);
        String currentInode = inode(current);
        FileTime left = null;
        for (Sibling sibling : siblings) {
            if (sibling.inode.equals(inode)) {
                left = sibling.modified;
            }
        }
        if (left == null) {
            return null;
        }
        for (Sibling sibling : siblings) {
            boolean another = !sibling.inode.equals(inode) && !sibling.inode.equals(currentInode);
            boolean copy = fingerprint.length() > 0 && matches(sibling, fingerprint);
            if (another && !copy && sibling.modified.compareTo(left) > 0) {
                return sibling.path;
            }
        }
        return null;
    }

    private static boolean matches(Sibling sibling, Fingerprint fingerprint) throws IOException {
        try (ByteInput input = ByteInput.open(sibling.path, false)) {
            return fingerprint.matches(input);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private List<Sibling> siblings(Path current) throws IOException {
        List<Sibling> siblings = new ArrayList<>();
        Pattern renamed = renamed(current.getFileName().toString());
        Path directory = Objects.requireNonNull(current.getParent(), "a real path has a parent");
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(
                directory,
                path -> renamed.matcher(path.getFileName().toString()).matches())) {
            for (Path path : paths) {
                BasicFileAttributes attributes;
                try {
                    attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                } catch (NoSuchFileException e) {
                    continue;
                }
                if (attributes.isRegularFile() && !readOnItsOwn.test(path) && siblings.size() < filesMax) {
                    siblings.add(new Sibling(
                            path,
                            Objects.toString(attributes.fileKey(), ""),
                            attributes.lastModifiedTime(),
                            attributes.size()));
                }
            }
        } catch (NoSuchFileException e) {
            return siblings;
        }
        siblings.sort(Comparator.comparing(Sibling::modified).thenComparing(sibling -> sibling.path.toString()));
        return siblings;
    }

    private static Pattern renamed(String name) {
        int dot = name.lastIndexOf('.');
        String behind = Pattern.quote(name) + NUMBERED;
        String within = dot < 1
                ? behind
                : Pattern.quote(name.substring(0, dot)) + NUMBERED + Pattern.quote(name.substring(dot));
        return Pattern.compile("(" + behind + ")|(" + within + ")");
    }
}
