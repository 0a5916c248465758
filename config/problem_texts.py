"""Sentences for problems: code → (Vietnamese, English). {names} are the facts of the problem."""

TEXTS: dict[str, tuple[str, str]] = {
    "pg_version": (
        "Thư mục dữ liệu {path} được tạo bằng PostgreSQL {found}, chương trình này dùng PostgreSQL {expected}. "
        "Chạy `make clean-data` để tạo lại dữ liệu mẫu, hoặc đặt OPS_DATA_DIR sang thư mục khác.",
        "The data directory {path} was made by PostgreSQL {found}; this program runs PostgreSQL {expected}. "
        "Run `make clean-data` to generate the demo data anew, or set OPS_DATA_DIR to another directory.",
    ),
    "pg_half_made": (
        "Thư mục dữ liệu {path} khởi tạo dở dang. Chạy `make clean-data` rồi chạy lại.",
        "The data directory {path} was left half-made. Run `make clean-data` and start again.",
    ),
    "pg_start_failed": (
        "Không khởi động được PostgreSQL tại {path}: {reason}",
        "PostgreSQL did not start in {path}: {reason}",
    ),
}
