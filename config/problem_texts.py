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
    "registry_unreadable": (
        "Không đọc được danh mục xã, phường {path}: {reason}. Kiểm tra đường dẫn OPS_WARD_REGISTRY.",
        "The ward registry {path} can't be read: {reason}. Check the path in OPS_WARD_REGISTRY.",
    ),
    "registry_encoding": (
        "{path}, dòng {line}: tệp không phải UTF-8. Lưu lại tệp dưới dạng “CSV UTF-8” rồi thử lại.",
        "{path}, line {line}: the file is not UTF-8. Save it as “CSV UTF-8” and try again.",
    ),
    "registry_column": (
        "{path}, dòng {line}: thiếu cột {key}. Thêm cột này vào dòng tiêu đề và dữ liệu.",
        "{path}, line {line}: column {key} is missing. Add it to the header and the rows.",
    ),
    "registry_duplicate": (
        "{path}, dòng {line}: ward_code {key} đã có ở dòng {first}. "
        "Mỗi mã chỉ được xuất hiện một lần; xoá hoặc sửa một trong hai dòng.",
        "{path}, line {line}: ward_code {key} already stands in line {first}. "
        "A code may occur once; delete or correct one of the two lines.",
    ),
    "registry_district": (
        "{path}, dòng {line}: district_code {key} mang tên “{found}”, các dòng trên ghi “{first}”. "
        "Sửa mã hoặc tên cho khớp.",
        "{path}, line {line}: district_code {key} is named “{found}” here and “{first}” above. "
        "Make the code or the name agree.",
    ),
    "registry_number": (
        "{path}, dòng {line}, cột {key}: “{found}” không phải số hợp lệ. "
        "Ghi như {expected} (dấu chấm thập phân, không dấu phân nhóm).",
        "{path}, line {line}, column {key}: “{found}” is not a valid number. "
        "Write it like {expected} (decimal point, no grouping).",
    ),
    "registry_value": (
        "{path}, dòng {line}, cột {key}: “{found}” không hợp lệ. Giá trị có dạng: {expected}.",
        "{path}, line {line}, column {key}: “{found}” is not valid. Expected: {expected}.",
    ),
    "registry_empty": (
        "{path}: danh mục không có dòng nào. Thêm ít nhất một xã, phường hoặc dùng lại tệp gốc.",
        "{path}: the registry has no rows. Add at least one ward or go back to the original file.",
    ),
}
